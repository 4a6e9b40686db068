"use strict";
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const root = document.documentElement;

  // Controls that only work with this script are hidden without it.
  all(".looks, .chooser, .finder, .reading").forEach((one) => { one.hidden = false; });

  const look = document.getElementById("look");
  look.addEventListener("change", () => {
    if (look.value) root.dataset.look = look.value;
    else delete root.dataset.look;
  });

  all("select[data-chooses]").forEach((select) => {
    const courses = all("[data-course]").filter((one) => one.dataset.course === select.dataset.chooses);
    const choose = () => courses.forEach((one) => { one.hidden = one.dataset.place !== select.value; });
    select.addEventListener("change", choose);
    choose();
  });

  // A fact's way opens over the page, so that a reader of a scene stays where they are.
  const dialog = document.getElementById("provenance");
  const title = document.getElementById("provenance-title");
  const body = document.getElementById("provenance-body");
  const target = (link) => document.getElementById((link.getAttribute("href") || "").slice(1));
  const open = (fact) => {
    const content = fact.querySelector(".content");
    title.textContent = content.textContent;
    title.dir = "auto";
    body.replaceChildren(fact.querySelector("summary .quiet").cloneNode(true), fact.querySelector(".steps").cloneNode(true));
    dialog.showModal();
    dialog.scrollTop = 0;
  };
  const go = (place) => {
    const course = place.closest("[data-course]");
    if (course) course.hidden = false;
    place.scrollIntoView({ block: "start" });
    place.focus({ preventScroll: true });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const place = target(link);
    if (!place) return;
    if (place.matches("details.fact")) {
      event.preventDefault();
      if (!dialog.open) open(place);
    } else if (dialog.open) {
      event.preventDefault();
      dialog.close();
      history.replaceState(null, "", link.getAttribute("href"));
      go(place);
    }
  });
  document.getElementById("provenance-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  const arrive = () => {
    const place = document.getElementById(location.hash.slice(1));
    if (place && place.matches("details.fact")) place.open = true;
  };
  window.addEventListener("hashchange", arrive);
  arrive();

  all("input[data-finds]").forEach((input) => {
    const facts = all(".fact", document.getElementById(input.dataset.finds));
    const words = facts.map((one) => one.textContent.toLowerCase());
    const said = input.parentElement.querySelector("[role=status]");
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      let found = 0;
      facts.forEach((one, place) => {
        one.hidden = !words[place].includes(wanted);
        if (!one.hidden) found += 1;
      });
      said.textContent = wanted ? `${found} of ${facts.length}` : "";
    });
  });

  all(".chart").forEach((figure) => {
    const data = JSON.parse(figure.querySelector(".series").textContent);
    const svg = figure.querySelector("svg");
    const cursor = figure.querySelector(".cursor");
    const reading = figure.querySelector(".reading");
    const lines = all(".line", svg);
    if (!reading || !data.turns.length) return;
    let at = -1;
    const step = (data.right - data.left) / data.turns.length;
    const show = (place) => {
      at = Math.max(0, Math.min(data.turns.length - 1, place));
      const x = data.left + (at + 0.5) * step;
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
      cursor.setAttribute("visibility", "visible");
      const turn = document.createElement("strong");
      turn.textContent = `${data.turns[at]}: `;
      const values = data.series.map((one, number) => {
        const value = one.values[at];
        const text = document.createElement("span");
        text.className = "datum";
        const name = document.createElement("bdi");
        name.className = `who ${lines[number].classList[1]}`;
        name.textContent = one.name;
        text.append(name, ` ${value === null ? "not there" : value.toFixed(2).replace("-", "\u2212")}`);
        return text;
      });
      reading.replaceChildren(turn, ...values.flatMap((one) => [one, " "]));
    };
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width * data.width;
      if (x >= data.left && x <= data.right) show(Math.floor((x - data.left) / step));
    });
    svg.parentElement.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: data.turns.length - 1 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      show(steps[event.key]);
    });
  });

  const links = new Map(all("nav a").map((one) => [one.getAttribute("href").slice(1), one]));
  const seen = new IntersectionObserver((entries) => {
    entries.filter((one) => one.isIntersecting).forEach((one) => {
      links.forEach((link) => link.removeAttribute("aria-current"));
      links.get(one.target.id).setAttribute("aria-current", "true");
    });
  }, { rootMargin: "-10% 0px -80% 0px" });
  links.forEach((_link, id) => seen.observe(document.getElementById(id)));

  let shut = [];
  window.addEventListener("beforeprint", () => {
    shut = all("details:not(.fact):not([open])").filter((one) => !one.querySelector(".crowd"));
    shut.forEach((one) => { one.open = true; });
  });
  window.addEventListener("afterprint", () => shut.forEach((one) => { one.open = false; }));
})();
