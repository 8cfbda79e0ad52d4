// A new major version of the database, a sidecar that shares its network, and a volume that would have to be made anew.
const shop = (version, tier) => `services:
  web:
    image: nginx:1.27
    ports: ["127.0.0.1:8443:80"]
    depends_on:
      db: {condition: service_started, restart: true}
  db:
    image: postgres:${version}
    environment: {POSTGRES_PASSWORD: hunter2}
    volumes: ["data:/var/lib/postgresql/data", "dumps:/dumps"]
  exporter:
    image: node:22
    network_mode: service:db
volumes:
  data:
  dumps:
    labels: {tier: ${tier}}
`;

export const scene = {
  columns: 112,
  files: { "compose.yaml": shop(16, "fast") },
  before: ["composure up -d"],
  takes: [{ files: { "compose.yaml": shop(17, "cold") }, show: "composure plan" }],
};
