"""A constructor for frozen values of which a dialog turn makes many: the same to use, at a third of the cost.

attrs sets each field of a frozen instance past the class's own guard, which costs several times what an assignment
does; a turn makes over a hundred such values with more than a thousand fields. ``quick`` gives a frozen class a
constructor that turns the new instance into one of an open class of the same layout, assigns its fields, and turns it
back. Arguments, defaults and the guard stay what attrs made them.
"""

from __future__ import annotations

from typing import Any, TypeVar

from attrs import NOTHING, Attribute, Factory, fields

T = TypeVar("T")

_become = object.__dict__["__class__"].__set__


def quick(kind: type[T]) -> type[T]:
    """``kind`` with a quick constructor.

    Args:
        kind: an attrs class, frozen and with slots; ``weakref_slot=False`` where no base class has one either, since
            Python lets an instance change its class only then.

    Raises:
        TypeError: the class does more on construction than take its arguments and defaults, or has another layout.
    """
    plain: Any = kind
    taken = fields(plain)
    if hasattr(kind, "__attrs_post_init__") or any(one.converter or one.validator for one in taken):
        raise TypeError(f"{kind.__name__} converts, checks or completes its fields; leave its constructor to attrs")
    slots = tuple(one for one in plain.__slots__ if one != "__weakref__")
    opened: Any = type(f"_Open{kind.__name__}", kind.__bases__, {
        "__slots__": slots, "__setattr__": object.__setattr__, "__doc__": f"{kind.__name__} while it is made.",
    })  # fmt: skip
    try:
        _become(object.__new__(kind), opened)
    except TypeError:
        raise TypeError(f"{kind.__name__} has a slot for weak references; define it with weakref_slot=False") from None
    made: dict[str, Any] = {"_become": _become, "_opened": opened, "_kind": kind, "_NOTHING": NOTHING}
    exec(_source(taken, made), made)
    constructor = made["__init__"]
    constructor.__qualname__, constructor.__module__ = f"{kind.__qualname__}.__init__", kind.__module__
    constructor.__annotations__ = plain.__init__.__annotations__
    plain.__init__ = constructor
    return kind


def _source(taken: tuple[Attribute[Any], ...], names: dict[str, Any]) -> str:
    """The constructor's text; the defaults that it names are put among ``names``."""
    positional, by_name = ["self"], list[str]()
    body = ["_become(self, _opened)"]
    for one in taken:
        default: Any = one.default
        factory = default.factory if isinstance(default, Factory) else None  # type: ignore[arg-type]  # it is a class
        if factory is not None and default.takes_self:
            raise TypeError(f"{one.name}: its default needs the instance; leave the constructor to attrs")
        name, value = f"_default_{one.name}", one.alias
        names[name] = factory or default
        if one.init:
            given = "" if default is NOTHING else f"={name}" if factory is None else "=_NOTHING"
            (by_name if one.kw_only else positional).append(f"{value}{given}")
            if factory is not None:
                value = f"{name}() if {value} is _NOTHING else {value}"
        elif default is NOTHING:
            continue
        else:
            value = name if factory is None else f"{name}()"
        body.append(f"self.{one.name} = {value}")
    arguments = ", ".join([*positional, *(["*", *by_name] if by_name else [])])
    return f"def __init__({arguments}):\n    " + "\n    ".join([*body, "_become(self, _kind)"])
