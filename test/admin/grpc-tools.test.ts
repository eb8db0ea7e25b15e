// What the tools of gRPC ask, on the peer's port and on that of its admin service: as grpcurl and
// grpc_health_probe do it, on @grpc/grpc-js, with what they learn over the wire alone.

import {
  create,
  createFileRegistry,
  type DescMethod,
  type FileRegistry,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  Client,
  type ClientReadableStream,
  credentials,
  makeGenericClientConstructor,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { service as healthDefinition } from "grpc-health-check";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  ServerReflectionRequestSchema,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from "../../src/gen/grpc/reflection/v1/reflection_pb.js";
import { eventually } from "../support/eventually.js";
import { startPeer, type TestPeerOptions } from "../support/peers.js";
import { serve } from "./clients.js";

const REFLECTIONS = ["grpc.reflection.v1", "grpc.reflection.v1alpha"] as const;
const TOOLS = ["grpc.health.v1.Health", ...REFLECTIONS.map((name) => `${name}.ServerReflection`)];
const HealthClient = makeGenericClientConstructor(healthDefinition, "Health");

describe.each([
  ["the peer's port", ["GossipService", "gossip.v1.Gossip"], addressOfPeer],
  ["the admin port", ["gossip.admin.v1.AdminService"], addressOfAdmin],
] as const)("on %s", (_where, ownServices, start) => {
  describe.each(REFLECTIONS)("by %s", (version) => {
    test("the services are listed, also those without a package", async () => {
      const [response] = await ask(await start({}), version, [
        { messageRequest: { case: "listServices", value: "" } },
      ]);
      const { messageResponse: answer } = response ?? expect.fail();
      if (answer.case !== "listServicesResponse") expect.fail(answer.case);
      const names = answer.value.service.map(({ name }) => name);
      expect(names).toEqual([...ownServices, ...TOOLS].sort());
    });

    test("each service is described, whole enough to be called", async () => {
      const address = await start({});
      for (const service of [...ownServices, ...TOOLS]) {
        const files = await filesOf(address, version, service);
        expect(registryOf(files).getService(service)?.methods.length).toBeGreaterThan(0);
      }
    });

    test("a file, a message and a method are found by name, what there is not is told", async () => {
      const address = await start({});
      const [service = ""] = ownServices;
      const [file] = await filesOf(address, version, service);
      const { name } = file ?? expect.fail();
      const method = `${service}.${file?.service[0]?.method[0]?.name}`;
      const answers = await ask(address, version, [
        { messageRequest: { case: "fileByFilename", value: name } },
        { messageRequest: { case: "fileContainingSymbol", value: method } },
        { messageRequest: { case: "fileContainingSymbol", value: "no.such.Thing" } },
        { messageRequest: { case: "fileByFilename", value: "no/such.proto" } },
        { messageRequest: { case: "allExtensionNumbersOfType", value: "no.such.Thing" } },
        {},
      ]);
      expect(answers.map(({ messageResponse }) => messageResponse.case)).toEqual([
        "fileDescriptorResponse",
        "fileDescriptorResponse",
        "errorResponse",
        "errorResponse",
        "errorResponse",
        "errorResponse",
      ]);
      expect(answers[2]?.messageResponse.value).toMatchObject({ errorCode: status.NOT_FOUND });
    });
  });

  test("the health is asked for as grpc_health_probe does", async () => {
    const address = await start({});
    const check = healthClient(address);
    expect(await check("")).toEqual({ status: "SERVING" });
    expect(await check(ownServices[0])).toEqual({ status: "SERVING" });
    expect(await check("no.such.Service")).toMatchObject({ code: status.NOT_FOUND });
  });

  test("a peer whose seeds do not answer is not serving, until one does", async () => {
    const seed = await startPeer();
    const address = await start({ seeds: ["127.0.0.1:1"] }, (peer) => {
      void eventually(() => expect(told).toEqual(["NOT_SERVING"])).then(() =>
        peer.addSeed(seed.address),
      );
    });
    expect(await healthClient(address)("")).toEqual({ status: "NOT_SERVING" });
    const told: string[] = [];
    watchHealth(address, "", (next) => told.push(next));
    await eventually(() => expect(told).toEqual(["NOT_SERVING", "SERVING"]));
  });

  test("a service that is not known can be watched for", async () => {
    const address = await start({});
    const told: string[] = [];
    watchHealth(address, "no.such.Service", (next) => told.push(next));
    await eventually(() => expect(told).toEqual(["SERVICE_UNKNOWN"]));
  });
});

test("a method is called by what reflection tells of it, and nothing else", async () => {
  const address = await addressOfAdmin({ name: "described" });
  const files = await filesOf(address, "grpc.reflection.v1", "gossip.admin.v1.AdminService");
  const service = registryOf(files).getService("gossip.admin.v1.AdminService") ?? expect.fail();
  const method = service.methods.find(({ name }) => name === "GetInfo") ?? expect.fail();
  const answer = reflect(method.output, await call(address, method));
  const info = answer.get(method.output.field["info"] ?? expect.fail());
  expect(info).toMatchObject({ message: { name: "described" } });
});

test("bytes that are no request end their own call", async () => {
  const address = await addressOfPeer({});
  const error = await new Promise<ServiceError>((resolve) => {
    const stream = open(address).makeBidiStreamRequest(
      "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
      (bytes: Buffer) => bytes,
      (bytes) => bytes,
    );
    stream.on("data", () => {});
    stream.on("error", resolve);
    stream.write(Buffer.from([0xff]));
  });
  expect(error.code).toBe(status.INVALID_ARGUMENT);
  expect(await healthClient(address)("")).toEqual({ status: "SERVING" });
});

type OnPeer = (peer: Awaited<ReturnType<typeof startPeer>>) => void;

async function addressOfPeer(options: TestPeerOptions, onPeer?: OnPeer): Promise<string> {
  const peer = await startPeer(options);
  onPeer?.(peer);
  return peer.address;
}

async function addressOfAdmin(options: TestPeerOptions, onPeer?: OnPeer): Promise<string> {
  const peer = await startPeer(options);
  onPeer?.(peer);
  return (await serve(peer)).address;
}

function open(address: string): Client {
  const client = new Client(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  return client;
}

/** Asks reflection, one question after another on one stream. */
function ask(
  address: string,
  version: (typeof REFLECTIONS)[number],
  requests: readonly MessageInitShape<typeof ServerReflectionRequestSchema>[],
): Promise<ServerReflectionResponse[]> {
  const stream = open(address).makeBidiStreamRequest(
    `/${version}.ServerReflection/ServerReflectionInfo`,
    (bytes: Buffer) => bytes,
    (bytes) => fromBinary(ServerReflectionResponseSchema, bytes),
  );
  for (const request of requests) {
    const message = create(ServerReflectionRequestSchema, request);
    stream.write(Buffer.from(toBinary(ServerReflectionRequestSchema, message)));
  }
  stream.end();
  const answers: ServerReflectionResponse[] = [];
  return new Promise((resolve, reject) => {
    stream.on("data", (answer: ServerReflectionResponse) => answers.push(answer));
    stream.once("end", () => resolve(answers));
    stream.once("error", reject);
  });
}

async function filesOf(
  address: string,
  version: (typeof REFLECTIONS)[number],
  symbol: string,
): Promise<FileDescriptorProto[]> {
  const [response] = await ask(address, version, [
    { messageRequest: { case: "fileContainingSymbol", value: symbol } },
  ]);
  const answer = response?.messageResponse;
  if (answer?.case !== "fileDescriptorResponse") expect.fail(`${symbol}: ${answer?.case}`);
  return answer.value.fileDescriptorProto.map((bytes) =>
    fromBinary(FileDescriptorProtoSchema, bytes),
  );
}

/** Fails when something that is imported lacks. */
function registryOf([file, ...imported]: readonly FileDescriptorProto[]): FileRegistry {
  return createFileRegistry(file ?? expect.fail(), (name) =>
    imported.find((other) => other.name === name),
  );
}

function call(address: string, method: DescMethod) {
  const request = toBinary(method.input, create(method.input));
  return new Promise<ReturnType<typeof create>>((resolve, reject) => {
    open(address).makeUnaryRequest(
      `/${method.parent.typeName}/${method.name}`,
      (bytes: Buffer) => bytes,
      (bytes) => fromBinary(method.output, bytes),
      Buffer.from(request),
      (error, answer) => {
        if (answer === undefined) reject(error);
        else resolve(answer);
      },
    );
  });
}

/** Gives the answer, or the error. */
function healthClient(address: string): (service: string) => Promise<unknown> {
  const client = new HealthClient(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  return (service) =>
    new Promise((resolve) => {
      client["check"]?.({ service }, (error: ServiceError | null, answer: unknown) =>
        resolve(error ?? answer),
      );
    });
}

function watchHealth(address: string, service: string, onStatus: (status: string) => void): void {
  const client = new HealthClient(address, credentials.createInsecure());
  const stream: ClientReadableStream<{ status: string }> = client["watch"]?.({ service });
  stream.on("data", (answer: { status: string }) => onStatus(answer.status));
  stream.on("error", () => {});
  onTestFinished(() => {
    stream.cancel();
    client.close();
  });
}
