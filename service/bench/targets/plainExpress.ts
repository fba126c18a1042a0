import express from "express";

/** The greeting from Express as its documentation writes it: no log, no metrics. */
const app = express();
app.get("/", (_request, response) => {
  response.json({ message: "Automate all the things!", timestamp: Math.floor(Date.now() / 1000) });
});
app.listen(Number(process.env.PORT), "127.0.0.1");
