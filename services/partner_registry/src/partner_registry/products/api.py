"""HTTP words for products."""

from partner_registry.products import commands
from partner_registry.products.model import KEEPERS, Product
from partner_registry.products.schemas import DescribeProduct, ProductRead, RegisterProduct
from runtime.access import SPONSORS
from serving.actions import Actions
from serving.listing import equal

products = Actions("products", Product, ProductRead, commands.show, readers=SPONSORS)
products.create(commands.register, RegisterProduct, *KEEPERS)
products.post("description", Product.describe, DescribeProduct, commands.describe)
products.get()
products.list(equal(Product, "code", "dosage_form", "kind"))
