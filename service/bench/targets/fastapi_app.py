"""The greeting from FastAPI, as its documentation writes it; uvicorn logs each request."""

import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def greet() -> dict[str, str | int]:
    return {"message": "Automate all the things!", "timestamp": int(time.time())}
