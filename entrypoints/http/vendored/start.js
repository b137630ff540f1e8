// Starts the page on this machine's own document; no validator badge, no request to anywhere else.
window.addEventListener("load", () => {
  window.ui = SwaggerUIBundle({
    url: "/schema/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    displayOperationId: true,
    filter: true,
    persistAuthorization: false,
    presets: [SwaggerUIBundle.presets.apis],
    tryItOutEnabled: false,
    validatorUrl: null,
  });
});
