// Starts Swagger UI. Two of its steps are ours: it reads JSON as YAML and normalizes the whole document before each look at
// an operation, which takes seconds. Ours reads JSON as JSON and puts only what one operation refers to in place.

const child = (value, name) => value?.[name]

const target = (document, reference) => {
  const names = decodeURIComponent(reference.slice(2)).split("/")
  return names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~")).reduce(child, document)
}

// `open` are the references that the value stands in: one of them again would have no end, and stays a reference.
const resolved = (document, value, open = []) => {
  if (Array.isArray(value)) return value.map((item) => resolved(document, item, open))
  if (value === null || typeof value !== "object") return value
  const reference = value.$ref
  if (typeof reference === "string" && reference.startsWith("#/")) {
    if (open.includes(reference)) return value
    const { $ref, ...beside } = value
    const found = resolved(document, target(document, reference), [...open, reference])
    return { ...found, ...resolved(document, beside, open), $$ref: reference }
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolved(document, member, open)]))
}

const OurSteps = () => ({
  fn: {
    resolveSubtree: async (document, path) => ({ spec: resolved(document, path.reduce(child, document)), errors: [] }),
  },
  statePlugins: {
    spec: {
      wrapActions: {
        parseToJson: (original, system) => (text) => {
          try {
            return system.specActions.updateJsonSpec(JSON.parse(text || system.specSelectors.specStr()))
          } catch {
            return original(text)
          }
        },
      },
    },
  },
})

window.onload = () => {
  window.ui = SwaggerUIBundle({
    dom_id: "#swagger-ui",
    url: "/openapi.json",
    validatorUrl: "none",
    layout: "StandaloneLayout",
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl, OurSteps],
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayOperationId: true,
    displayRequestDuration: true,
    docExpansion: "none",
    filter: true,
    persistAuthorization: true,
    tryItOutEnabled: true,
  })
  window.ui.initOAuth({ clientId: "cq-university", appName: "chuanyu" })
}
