"""HTTP words for products."""

from contracts import Role
from partner_registry.products import commands
from partner_registry.products.model import Product
from partner_registry.products.schemas import ProductRead, RegisterProduct
from runtime.access import SPONSORS
from serving.actions import Actions
from serving.listing import equal

products = Actions("products", Product, ProductRead, readers=SPONSORS)
products.create(commands.register, RegisterProduct, Role.quality, Role.regulatory, Role.msat)
products.get()
products.list(equal(Product, "code", "dosage_form"))
