"""The home page in a real browser: signing in at Keycloak, a token that is renewed, and signing out."""

import asyncio
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as until
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser import Browser, needs_browser
from tests.identity.people import PASSWORD

pytestmark = needs_browser
PATIENCE = 90


async def _click(browser: Browser, id: str) -> None:
    """Click, in a thread: a click waits for what it opens, and the origin runs in this one."""
    waiting = WebDriverWait(browser.driver, PATIENCE).until
    await asyncio.to_thread(lambda: waiting(until.element_to_be_clickable((By.ID, id))).click())


async def _sign_in(browser: Browser, username: str) -> None:
    """Fill in Keycloak's own page."""
    for id, text in (("username", username), ("password", PASSWORD)):
        await _click(browser, id)
        await asyncio.to_thread(browser.driver.find_element(By.ID, id).send_keys, text)
    await _click(browser, "kc-login")


@pytest.fixture
def shown(browser: Browser, eventually: Any) -> Any:
    """``await shown(id, text)``: wait until a reader sees it."""

    async def wait(id: str, text: str) -> None:
        async def is_there() -> bool:
            script = "return document.getElementById(arguments[0])?.innerText || ''"
            return text in str(await browser.do(script, id))

        await eventually(is_there, PATIENCE)

    return wait


async def test_a_person_signs_in_stays_signed_in_and_signs_out(running: Any, browser: Browser, shown: Any) -> None:
    await browser.open(running.url)
    await _click(browser, "sign-in")
    await _sign_in(browser, "hugo.klein")
    await shown("who", "Hugo Klein")
    await shown("live", "live")
    assert await browser.do("return location.href") == f"{running.url}/", "neither code nor state stays to be seen"
    assert await browser.text("forget") == "Sign out"

    first = await browser.do("return sessionStorage.getItem('entente-token')")
    await browser.do(
        "const session = JSON.parse(sessionStorage.getItem('entente-session'));"
        "sessionStorage.setItem('entente-session', JSON.stringify({ ...session, ends: Date.now() }))"
    )

    asks = "return import('/static/api.js').then((api) => Promise.all([1, 2, 3].map(() => api.get('/api/me'))))"
    assert [each["name"] for each in await browser.do(asks)] == ["Hugo Klein"] * 3
    assert await browser.do("return sessionStorage.getItem('entente-token')") != first, "renewed once, for all three"
    assert await browser.complaints() == [], "the page's policy lets it ask the issuer, and nothing else is wrong"
    await _click(browser, "forget")
    await shown("sign-in", "Sign in")
    assert await browser.do("return location.href") == f"{running.url}/"
    assert await browser.do("return sessionStorage.length") == 0
    await _click(browser, "sign-in")
    await _click(browser, "username")  # the session at the issuer has ended, too


async def test_who_did_not_begin_a_login_here_is_not_let_in_by_one(running: Any, browser: Browser, shown: Any) -> None:
    await browser.open(f"{running.url}/?code=x&state=y")
    await shown("refused", "not begun in this tab")
    assert await browser.do("return location.href") == f"{running.url}/"
    assert await browser.do("return sessionStorage.length") == 0
