// Config hashes against those that docker compose wrote.
import { describe, expect, it } from "vitest";
import { compactJson } from "../../src/hash/canonicalJson.ts";
import { networkHash } from "../../src/hash/networkHash.ts";
import { serviceHash, serviceHashInput } from "../../src/hash/serviceHash.ts";
import { volumeHash } from "../../src/hash/volumeHash.ts";
import type { Service } from "../../src/model/Service.ts";

const plain: Service = { name: "a", image: "busybox", networks: { default: null } };
const input = (service: Service, bind: "v2" | "v5" = "v2") => compactJson(serviceHashInput(service, { bind }));

describe("hashes docker compose wrote", () => {
  it("of a plain service (config --hash of 2.40.3)", () => {
    expect(input(plain)).toBe('{"command":null,"entrypoint":null,"image":"busybox","networks":{"default":null}}');
    expect(serviceHash(plain)).toBe("2afd7866203dca40993313263173003833e9de9c3ad83f2f59484e32a5605234");
    expect(serviceHash(plain, { bind: "v5" })).toBe(serviceHash(plain));
  });

  it("of network priorities", () => {
    const service: Service = { name: "a", networks: { b: { priority: 100 }, a: { priority: 10 } } };
    expect(serviceHash(service)).toBe("8dbce408396f8986266bc5deba0c09cfebac63c95c2238e405c7bee5f1bd84b8");
  });

  it("of a default network and a plain volume", () => {
    expect(networkHash({ name: "cv5hash_default" })).toMatch(/^b43f4441.*c710$/);
    expect(volumeHash({ name: "cv5hash_data" })).toMatch(/^e73d547b.*4c31f$/);
    expect(volumeHash({ name: "cv5hash_data", driver: "local" })).toBe(volumeHash({ name: "cv5hash_data" }));
  });
});

describe("the hash input", () => {
  it("leaves out what never replaces a container", () => {
    const same: Service = {
      ...plain,
      build: { context: "/x" },
      pull_policy: "always",
      scale: 3,
      profiles: ["p"],
      depends_on: { b: { condition: "service_started", required: true } },
    };
    expect(serviceHash(same)).toBe(serviceHash(plain));
    expect(input({ name: "a", deploy: { replicas: 3 } })).toBe(
      '{"command":null,"deploy":{"resources":{},"placement":{}},"entrypoint":null}',
    );
  });

  it("writes bind.create_host_path as each generation does", () => {
    const bind = (create_host_path?: boolean): Service => ({
      name: "a",
      volumes: [
        { type: "bind", source: "/s", target: "/t", bind: create_host_path === undefined ? {} : { create_host_path } },
      ],
    });
    expect(input(bind(true))).toContain('"bind":{"create_host_path":true}');
    expect(input(bind(false))).toContain('"bind":{}');
    expect(input(bind())).toContain('"bind":{}');
    expect(input(bind(true), "v5")).toContain('"bind":{}');
    expect(input(bind(false), "v5")).toContain('"bind":{"create_host_path":false}');
    expect(input(bind(), "v5")).toContain('"bind":{}');
  });

  it("sorts keys by bytes, integer-like ones too, and escapes like Go", () => {
    const environment = { "9": "x", "10": "<&>", b: null, "a\u2028": '\u007f\u0001\b"\\', "￿": "1", "\u{1f600}": "2" };
    expect(input({ name: "a", environment })).toContain(
      '"environment":{"10":"\\u003c\\u0026\\u003e","9":"x","a\\u2028":"\u007f\\u0001\\b\\"\\\\","b":null,"￿":"1","\u{1f600}":"2"}',
    );
  });

  it("writes 32-bit floats, sizes, durations, modes and limits", () => {
    const service: Service = {
      name: "a",
      cpus: 0.333333333,
      cpu_percent: 16777217.7,
      mem_limit: 67108864,
      shm_size: 0,
      stop_grace_period: 90_000_000_000,
      healthcheck: { interval: 0, timeout: 1_500_000_000 },
      ulimits: { nproc: { single: 0 }, nofile: { single: 5 }, core: { soft: 0, hard: 7 } },
      secrets: [{ source: "s", mode: 0o440 }],
      extra_hosts: { b: ["::1", "10.0.0.1"], a: ["1.1.1.1"] },
      blkio_config: { weight_device: [{ path: "/dev/sda", weight: 400 }], device_read_bps: [{ path: "/d", rate: 0 }] },
    };
    expect(input(service)).toBe(
      '{"blkio_config":{"weight_device":[{"Path":"/dev/sda","Weight":400}],"device_read_bps":[{"Path":"/d","Rate":"0"}]},' +
        '"cpu_percent":16777218,"cpus":0.33333334,"command":null,"entrypoint":null,' +
        '"extra_hosts":["a=1.1.1.1","b=10.0.0.1","b=::1"],"healthcheck":{"timeout":"1.5s","interval":"0s"},' +
        '"mem_limit":"67108864","secrets":[{"source":"s","mode":"0440"}],"stop_grace_period":"1m30s",' +
        '"ulimits":{"core":{"hard":7},"nofile":5,"nproc":{}}}',
    );
  });
});
