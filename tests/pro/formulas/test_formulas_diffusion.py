from __future__ import annotations

import math
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import UsageError
from timepoint_pro.formulas import diffusion

values = st.floats(-3.0, 3.0)
thetas = st.floats(0.01, 3.0)
sigmas = st.floats(0.01, 2.0)


def test_half_life_golden_values() -> None:
    """Half-life 2 h: theta .3466/h, lag-1 h correlation .707, innovation sd .177 at sigma .25."""
    theta = diffusion.theta_from_half_life(2.0)
    assert theta == pytest.approx(0.3466, abs=5e-5)
    assert diffusion.correlation(theta, 1.0) == pytest.approx(0.7071, abs=5e-5)
    assert diffusion.sd(theta, 0.25, 1.0) == pytest.approx(0.1768, abs=5e-5)
    assert diffusion.mean(1.0, 0.0, theta, 2.0) == pytest.approx(0.5)


def test_bridge_golden_values() -> None:
    """Half-life 2 h, sigma .25, T = 4 h: midpoint variance .0375, ends exact."""
    theta = diffusion.theta_from_half_life(2.0)
    assert diffusion.bridge_variance(theta, 0.25, 2.0, 4.0) == pytest.approx(0.0375)
    # sinh(ln 2)/sinh(ln 4) = .4 on either side of the middle.
    assert diffusion.bridge_mean(1.0, -0.5, 0.2, theta, 2.0, 4.0) == pytest.approx(0.2 + 0.8 * 0.4 - 0.7 * 0.4)


@given(values, values, thetas, sigmas, st.floats(0.01, 24.0), st.integers(2, 12))
def test_one_step_equals_many(
    x: float, mu: float, theta: float, sigma: float, hours: float, parts: int
) -> None:
    mean, variance, dt = x, 0.0, hours / parts
    for _ in range(parts):
        mean = diffusion.mean(mean, mu, theta, dt)
        variance = variance * math.exp(-2.0 * theta * dt) + diffusion.sd(theta, sigma, dt) ** 2
    assert mean == pytest.approx(diffusion.mean(x, mu, theta, hours), abs=1e-9)
    assert variance == pytest.approx(diffusion.sd(theta, sigma, hours) ** 2, rel=1e-9)


def test_six_hours_at_once_equal_six_of_one() -> None:
    theta, mean, variance = diffusion.theta_from_half_life(2.0), 0.8, 0.0
    for _ in range(6):
        mean = diffusion.step(mean, -0.1, theta, 0.25, 1.0, 0.0)
        variance = variance * diffusion.correlation(theta, 1.0) ** 2 + diffusion.sd(theta, 0.25, 1.0) ** 2
    assert mean == pytest.approx(diffusion.step(0.8, -0.1, theta, 0.25, 6.0, 0.0), abs=1e-12)
    assert variance == pytest.approx(diffusion.sd(theta, 0.25, 6.0) ** 2, rel=1e-12)


@given(thetas, sigmas)
def test_sigma_is_the_stationary_deviation(theta: float, sigma: float) -> None:
    assert diffusion.sd(theta, sigma, 100.0 / theta) == pytest.approx(sigma)
    assert diffusion.sd(theta, sigma, 0.0) == 0.0
    # A scatter of sigma is handed on unchanged over any step.
    kept = sigma**2 * diffusion.correlation(theta, 1.3) ** 2 + diffusion.sd(theta, sigma, 1.3) ** 2
    assert kept == pytest.approx(sigma**2)


def test_steps_scatter_as_the_formula_says() -> None:
    draws = [diffusion.step(0.5, 0.0, 0.3466, 0.25, 1.0, z / 100.0) for z in range(-300, 301)]
    assert fmean(draws) == pytest.approx(diffusion.mean(0.5, 0.0, 0.3466, 1.0))
    assert pstdev(draws) == pytest.approx(
        diffusion.sd(0.3466, 0.25, 1.0) * pstdev([z / 100.0 for z in range(-300, 301)])
    )


def test_improbability_of_two_standard_deviations() -> None:
    theta = 0.3466
    jump = diffusion.mean(0.2, 0.0, theta, 1.0) + 1.959964 * diffusion.sd(theta, 0.25, 1.0)
    assert diffusion.deviation(0.2, jump, 0.0, theta, 0.25, 1.0) == pytest.approx(1.959964)
    assert diffusion.improbability(0.2, jump, 0.0, theta, 0.25, 1.0) == pytest.approx(0.05, abs=1e-6)


def test_a_jump_in_no_time_is_impossible() -> None:
    assert diffusion.improbability(0.2, 0.3, 0.0, 0.3, 0.25, 0.0) == 0.0
    assert diffusion.improbability(0.2, 0.2, 0.0, 0.3, 0.25, 0.0) == 1.0
    assert diffusion.deviation(0.2, 0.1, 0.0, 0.3, 0.25, 0.0) == -math.inf


@given(values, values, values, thetas, sigmas, st.floats(0.1, 1000.0))
def test_bridge_keeps_its_ends(
    x0: float, x_end: float, mu: float, theta: float, sigma: float, duration: float
) -> None:
    assert diffusion.bridge_step(x0, x_end, mu, theta, sigma, 0.0, duration, 2.5) == pytest.approx(x0, abs=1e-9)
    assert diffusion.bridge_step(x0, x_end, mu, theta, sigma, duration, duration, 2.5) == pytest.approx(
        x_end, abs=1e-9
    )


@given(thetas, sigmas, st.floats(0.1, 1e5), st.floats(0.0, 1.0))
def test_knowing_the_end_never_adds_scatter(theta: float, sigma: float, duration: float, part: float) -> None:
    t = part * duration
    bridge = diffusion.bridge_variance(theta, sigma, t, duration)
    assert 0.0 <= bridge <= diffusion.sd(theta, sigma, t) ** 2 * (1.0 + 1e-9) + 1e-300
    assert bridge == pytest.approx(diffusion.bridge_variance(theta, sigma, duration - t, duration), abs=1e-9)


@given(thetas, st.floats(0.1, 20.0), st.floats(0.05, 0.95))
def test_bridge_agrees_with_conditioning_the_free_process(theta: float, duration: float, part: float) -> None:
    """Var(x_t | x_T) = Var(x_t) - Cov^2/Var(x_T) for a normal process started at a known value."""
    t = part * duration
    at_t, at_end = diffusion.sd(theta, 0.25, t) ** 2, diffusion.sd(theta, 0.25, duration) ** 2
    covariance = at_t * diffusion.correlation(theta, duration - t)
    gain = covariance / at_end
    assert diffusion.bridge_variance(theta, 0.25, t, duration) == pytest.approx(
        at_t - gain * covariance, rel=1e-6, abs=1e-12
    )
    expected = diffusion.mean(0.7, 0.1, theta, t)
    expected += gain * (-0.4 - diffusion.mean(0.7, 0.1, theta, duration))
    assert diffusion.bridge_mean(0.7, -0.4, 0.1, theta, t, duration) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("half_life", [0.0, -1.0, math.inf, math.nan])
def test_a_half_life_must_be_positive(half_life: float) -> None:
    with pytest.raises(UsageError, match="half_life"):
        diffusion.theta_from_half_life(half_life)
