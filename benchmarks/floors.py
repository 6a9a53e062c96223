"""What a command is measured against: the same insert with nothing around it."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlmodel import Field, SQLModel, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from uuid_utils.compat import uuid7

URL = os.environ.get("BENCHMARK_DATABASE_URL", "")
POOL = 4


class Plain(SQLModel, table=True):
    """One row, as a tutorial would write it."""

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


def sqlmodel_floor() -> FastAPI:
    """FastAPI and SQLModel: no principal, idempotency, audit, outbox."""
    engine = create_async_engine(URL.replace("postgresql://", "postgresql+asyncpg://", 1), pool_size=POOL)
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


def asyncpg_floor() -> Starlette:
    """Starlette and asyncpg: the least that can answer."""

    async def register(request: Request) -> JSONResponse:
        body, id = json.loads(await request.body()), uuid7()
        values = (id, body["code"], body["name"], body["dosage_form"])
        await request.app.state.pool.execute("INSERT INTO floor_product VALUES ($1, $2, $3, $4)", *values)
        return JSONResponse({"id": str(id), **body}, 201)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(URL, min_size=POOL, max_size=POOL) as app.state.pool:
            yield

    return Starlette(routes=[Route("/products", register, methods=["POST"])], lifespan=lifespan)
