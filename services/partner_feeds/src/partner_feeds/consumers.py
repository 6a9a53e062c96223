"""What other services' facts mean here: copies of what partner_registry owns."""

from contracts.partner_registry import PartnerRegistered, ProductRegistered, SiteRegistered
from partner_feeds.directory import commands as directory
from runtime.subscriptions import Subscriptions
from runtime.work import Work

subscriptions = Subscriptions()


@subscriptions.on(PartnerRegistered)
async def on_partner_registered(work: Work, fact: PartnerRegistered) -> None:
    """A feed's sender has a name."""
    await directory.note_partner(work, fact)


@subscriptions.on(SiteRegistered)
async def on_site_registered(work: Work, fact: SiteRegistered) -> None:
    """Feeds may be made for the site, and facts may speak of it."""
    await directory.note_site(work, fact)


@subscriptions.on(ProductRegistered)
async def on_product_registered(work: Work, fact: ProductRegistered) -> None:
    """Facts may speak of the product's lots; refused rows that did can be replayed."""
    await directory.note_product(work, fact)
