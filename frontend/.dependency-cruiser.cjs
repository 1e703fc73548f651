// The staircase of the pages: kit and api know nothing above them; parts are what several features share, and stand on
// both; features are strangers to one another.
module.exports = {
  forbidden: [
    {
      name: "features are strangers",
      severity: "error",
      comment: "Two features meet in a route, or through the server.",
      from: { path: "^src/features/([^/]+)/" },
      to: { path: "^src/features/", pathNot: "^src/features/$1/" },
    },
    {
      name: "kit knows no noun",
      severity: "error",
      comment: "The kit imports nothing above itself, and not the API either.",
      from: { path: "^src/kit/" },
      to: { path: "^src/(api|parts|features|routes|main|router)" },
    },
    {
      name: "api stands below",
      severity: "error",
      from: { path: "^src/api/" },
      to: { path: "^src/(kit|parts|features|routes|main|router)" },
    },
    {
      name: "parts know no feature",
      severity: "error",
      comment: "What features share knows neither them nor the site map.",
      from: { path: "^src/parts/" },
      to: { path: "^src/(features|routes|main|router)" },
    },
    {
      name: "features do not know the site map",
      severity: "error",
      from: { path: "^src/features/" },
      to: { path: "^src/(routes|main|router)" },
    },
    { name: "no circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "everything resolves",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "\\.test\\.tsx?$" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"] },
  },
};
