# The pages as static files behind nginx, which also passes /api on to the replicas.
FROM node:24-bookworm-slim AS pages

WORKDIR /app/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM nginx:1.29-bookworm

COPY infra/nginx/nginx.conf /etc/nginx/nginx.conf
COPY infra/nginx/page-headers.conf infra/nginx/api-headers.conf infra/nginx/proxy.conf /etc/nginx/codewell/
COPY --from=pages /app/frontend/dist /srv/pages
USER nginx
EXPOSE 8080
CMD ["nginx", "-g", "daemon off;"]
