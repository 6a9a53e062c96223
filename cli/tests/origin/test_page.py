"""The home page in a real browser, where there is one."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from selenium.webdriver.common.by import By

from tests.browser import Browser, needs_browser

pytestmark = needs_browser


async def _register(running: Any, name: str) -> dict[str, Any]:
    body = {"legal_name": name, "kind": "cmo", "country": "CH"}
    registered = await running.client.post("/api/partner-registry/v1/partners", json=body)
    assert registered.status_code == 201, registered.text
    partner: dict[str, Any] = registered.json()
    return partner


async def test_the_page_shows_a_fact_that_happens(running: Any, browser: Browser, eventually: Any) -> None:
    await browser.open(f"{running.url}/#token={running.issuer.token('quality', name='Ada')}")

    async def live() -> bool:
        return await browser.text("live") == "live"

    await eventually(live)
    assert await browser.do("return location.href") == f"{running.url}/"
    assert await browser.text("who") == "Ada"
    partner = await _register(running, f"Alpine {uuid4().hex} AG")

    async def shown() -> bool:
        return partner["legal_name"] in await browser.text("facts")

    await eventually(shown)
    assert "registered as" in await browser.text("facts")
    services = await browser.text("services")
    assert "partner registry" in services
    assert "ready" in services
    assert await browser.complaints() == []


async def test_a_fact_is_text_whatever_it_says(running: Any, browser: Browser, eventually: Any) -> None:
    await browser.open(f"{running.url}/#token={running.issuer.token('quality')}")
    mark = uuid4().hex
    await _register(running, f"<img src=x onerror=\"document.title='{mark}'\"><b>{mark}</b>")

    async def shown() -> bool:
        return f"<b>{mark}</b>" in await browser.text("facts")

    await eventually(shown)
    assert await browser.do("return document.querySelectorAll('#facts img, #facts b').length") == 0
    assert await browser.do("return document.title") == "Entente"
    assert await browser.complaints() == []


async def test_a_filter_shows_one_type(running: Any, browser: Browser, eventually: Any) -> None:
    partner = await _register(running, f"Boreal {uuid4().hex} AG")
    name = f"Tablets {uuid4().hex}"
    product = {"code": uuid4().hex, "name": name, "dosage_form": "tablet"}
    made = await running.client.post("/api/partner-registry/v1/products", json=product)
    assert made.status_code == 201, made.text
    await browser.open(f"{running.url}/#token={running.issuer.token('quality')}")

    async def both() -> bool:
        text = await browser.text("facts")
        return f"{partner['legal_name']} registered" in text and name in text

    await eventually(both)
    await browser.do(
        "const type = document.getElementById('type'); type.value = 'ProductRegistered';"
        "type.dispatchEvent(new Event('change'))"
    )
    filtered = await browser.text("facts")
    assert name in filtered
    assert "registered as" not in filtered


async def test_without_a_token_the_page_asks_and_says_why_one_is_refused(
    running: Any, browser: Browser, eventually: Any
) -> None:
    await browser.open(running.url)
    assert "A token, please" in await browser.text("ask")
    await asyncio.to_thread(browser.driver.find_element(By.ID, "token").send_keys, "nonsense")
    await asyncio.to_thread(browser.driver.find_element(By.CSS_SELECTOR, "#ask button").click)

    async def refused() -> bool:
        return "token" in await browser.text("refused")

    await eventually(refused)
    assert await browser.do("return sessionStorage.length") == 0


async def test_a_partner_sees_its_own_facts_only(running: Any, browser: Browser, eventually: Any) -> None:
    other = await _register(running, f"Other {uuid4().hex} AG")
    mine = await _register(running, f"Mine {uuid4().hex} AG")
    token = running.issuer.token("partner_quality", partner_id=mine["id"], name="Bea")
    await browser.open(f"{running.url}/#token={token}")

    async def shown() -> bool:
        return mine["legal_name"] in await browser.text("facts")

    await eventually(shown)
    assert other["legal_name"] not in await browser.text("facts")
    assert await browser.text("who") == "Bea, for a partner"
    assert await browser.complaints() == []


@pytest.mark.parametrize("width", [360, 1280])
async def test_nothing_is_wider_than_the_screen(running: Any, browser: Browser, eventually: Any, width: int) -> None:
    await asyncio.to_thread(
        browser.driver.execute_cdp_cmd,
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    await browser.open(f"{running.url}/#token={running.issuer.token('quality')}")

    async def live() -> bool:
        return await browser.text("live") == "live"

    await eventually(live)
    assert await browser.do("return document.documentElement.scrollWidth") <= width


async def test_try_it_out_sends_the_token(running: Any, browser: Browser, eventually: Any) -> None:
    await browser.open(f"{running.url}/#token={running.issuer.token('quality')}")
    # The token is the tab's: the page of an API is opened in the same one.
    await asyncio.to_thread(browser.driver.get, f"{running.url}/api/partner-registry/docs")

    async def listed() -> bool:
        return "/v1/partners" in str(await browser.do("return document.body.innerText"))

    await eventually(listed)
    status = """document.querySelector('[data-path="/v1/status"]').closest('.opblock').querySelector('button')"""
    await browser.do(f"{status}.click()")

    async def click(selector: str) -> None:
        async def there() -> bool:
            return bool(await browser.do("return !!document.querySelector(arguments[0])", selector))

        await eventually(there)
        await browser.do("document.querySelector(arguments[0]).click()", selector)

    await click(".try-out__btn")
    await click(".execute")

    async def answered() -> bool:
        body = "return document.querySelector('.live-responses-table')?.innerText || ''"
        return "partner-registry" in str(await browser.do(body))

    await eventually(answered)
    assert await browser.complaints() == []
