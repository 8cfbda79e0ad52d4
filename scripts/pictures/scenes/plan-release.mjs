// A release: the next version of the shop's own image with a changed variable, behind a proxy, beside a database that stays.
const shop = (version, log) => `services:
  proxy:
    image: caddy:2
    ports: ["127.0.0.1:8443:80"]
    depends_on: [web]
  web:
    image: shop/web:${version}
    environment:
      LOG_LEVEL: ${log}
      DATABASE_URL: postgres://shop:hunter2@db/shop
    healthcheck: {test: ["CMD", "true"], interval: 500ms}
    depends_on: {db: {condition: service_healthy}}
    deploy: {replicas: 2}
  worker:
    image: shop/web:${version}
    command: idle
    environment:
      LOG_LEVEL: ${log}
    depends_on: [db]
  db:
    image: postgres:16
    healthcheck: {test: ["CMD", "true"], interval: 500ms}
    volumes: ["orders:/var/lib/postgresql/data"]
volumes:
  orders:
`;

const [running, next] = [shop("1.4", "debug"), shop("1.5", "info")];

export const scene = {
  columns: 112,
  files: { "compose.yaml": running },
  before: ["docker tag composure/test-web:1 shop/web:1.4", "docker tag composure/test-web:2 shop/web:1.5", "composure up -d"],
  takes: [{ files: { "compose.yaml": next }, show: "composure plan" }],
  after: ["composure down -v", "docker rmi shop/web:1.4 shop/web:1.5"],
};
