// Replaced by `npm run contract` as soon as openapi/openapi.json is there.
// biome-ignore-all lint: generated
export type paths = any;
export type components = { schemas: any };
