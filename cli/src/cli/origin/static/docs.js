// Swagger UI for the service whose page this is. "Try it out" sends the token that the home page was given.
import { renewed, token } from "./api.js";
import "./signin.js";

const ui = window.SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
  async requestInterceptor(request) {
    await renewed();
    if (token() && !request.headers.Authorization) request.headers.Authorization = `Bearer ${token()}`;
    return request;
  },
  onComplete() {
    document.title = ui.specSelectors.info().get("title");
  },
});
