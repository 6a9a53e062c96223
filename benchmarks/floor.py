"""What a command is measured against: the same insert, as a tutorial would write it, with nothing around it."""

import os
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlmodel import Field, SQLModel, select
from uuid_utils.compat import uuid7


class Plain(SQLModel, table=True):
    """One row."""

    __tablename__ = "floor_product"
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    code: str
    name: str
    dosage_form: str


class Body(BaseModel):
    """The request."""

    code: str
    name: str
    dosage_form: str


def app() -> FastAPI:
    """FastAPI and SQLModel: no principal, idempotency, audit, outbox."""
    url = os.environ["BENCHMARK_DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(url, pool_size=4)
    app = FastAPI()

    async def session() -> AsyncIterator[AsyncSession]:
        async with AsyncSession(engine, expire_on_commit=False) as opened:
            yield opened

    @app.post("/products", status_code=201)
    async def register(body: Body, session: Annotated[AsyncSession, Depends(session)]) -> Plain:
        if await session.scalar(select(Plain).where(Plain.code == body.code)):
            raise HTTPException(409, "the code is taken")
        record = Plain(**body.model_dump())
        session.add(record)
        await session.commit()
        return record

    return app
