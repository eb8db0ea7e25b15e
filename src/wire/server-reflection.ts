// Server reflection: which services there are, and the descriptors by which tools such as grpcurl
// call them. The descriptors are those of the generated code.

import {
  create,
  type DescFile,
  type DescService,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  ServerReflection as ReflectionV1,
  type ServerReflectionRequest,
  ServerReflectionRequestSchema,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from "../gen/grpc/reflection/v1/reflection_pb.js";
import { ServerReflection as ReflectionV1alpha } from "../gen/grpc/reflection/v1alpha/reflection_pb.js";

/** Both versions, which differ in nothing but their name. */
const REFLECTION_SERVICES: readonly DescService[] = [ReflectionV1, ReflectionV1alpha];

/** The gRPC paths of reflection. */
export const REFLECTION_METHODS: readonly string[] = REFLECTION_SERVICES.flatMap((service) =>
  service.methods.map((method) => `/${service.typeName}/${method.name}`),
);

/** gRPC's NOT_FOUND and INVALID_ARGUMENT. */
const NOT_FOUND = 5;
const INVALID_ARGUMENT = 3;

type Answer = NonNullable<
  MessageInitShape<typeof ServerReflectionResponseSchema>["messageResponse"]
>;

/** Answers what tools ask about a set of services. */
export class ServerReflection {
  readonly #names: readonly string[];
  readonly #filesByName = new Map<string, DescFile>();
  readonly #filesBySymbol = new Map<string, DescFile>();

  /** Knows these services, those of reflection itself, and all that their files bring. */
  constructor(services: readonly DescService[]) {
    const all = [...services, ...REFLECTION_SERVICES];
    this.#names = all.map((service) => service.typeName).sort();
    for (const service of all) this.#addFile(service.file);
  }

  /** The answer to a message; undefined when it is none. */
  answerBytes(message: Uint8Array): Uint8Array | undefined {
    let request: ServerReflectionRequest;
    try {
      request = fromBinary(ServerReflectionRequestSchema, message);
    } catch {
      return undefined;
    }
    return toBinary(ServerReflectionResponseSchema, this.answer(request));
  }

  /** The answer to a request; a failure is an answer too. */
  answer(request: ServerReflectionRequest): ServerReflectionResponse {
    return create(ServerReflectionResponseSchema, {
      validHost: request.host,
      originalRequest: request,
      messageResponse: this.#answerTo(request.messageRequest),
    });
  }

  #answerTo(asked: ServerReflectionRequest["messageRequest"]): Answer {
    switch (asked.case) {
      case "listServices":
        return {
          case: "listServicesResponse",
          value: { service: this.#names.map((name) => ({ name })) },
        };
      case "fileByFilename":
        return fileAnswer(this.#filesByName.get(asked.value), asked.value);
      case "fileContainingSymbol":
        return fileAnswer(this.#filesBySymbol.get(asked.value), asked.value);
      case "fileContainingExtension":
        return failure(NOT_FOUND, `${asked.value.containingType} has no extensions`);
      case "allExtensionNumbersOfType":
        if (!this.#filesBySymbol.has(asked.value)) return fileAnswer(undefined, asked.value);
        return { case: "allExtensionNumbersResponse", value: { baseTypeName: asked.value } };
      case undefined:
        return failure(INVALID_ARGUMENT, "the request asks for nothing");
      default:
        return asked satisfies never;
    }
  }

  #addFile(file: DescFile): void {
    if (this.#filesByName.has(file.proto.name)) return;
    this.#filesByName.set(file.proto.name, file);
    for (const type of nestedTypes(file)) {
      if (type.kind === "extension") continue;
      this.#filesBySymbol.set(type.typeName, file);
      for (const name of partsOf(type)) this.#filesBySymbol.set(`${type.typeName}.${name}`, file);
    }
    for (const imported of file.dependencies) this.#addFile(imported);
  }
}

function partsOf(type: ReturnType<typeof nestedTypes> extends Iterable<infer T> ? T : never) {
  switch (type.kind) {
    case "service":
      return type.methods.map((method) => method.name);
    case "message":
      return type.fields.map((field) => field.name);
    case "enum":
    case "extension":
      return [];
    default:
      return type satisfies never;
  }
}

/** The file, and all that it imports. */
function fileAnswer(file: DescFile | undefined, name: string): Answer {
  if (file === undefined) return failure(NOT_FOUND, `${name} is not known here`);
  const files = new Set<DescFile>();
  const add = (next: DescFile): void => {
    if (files.has(next)) return;
    files.add(next);
    for (const imported of next.dependencies) add(imported);
  };
  add(file);
  const fileDescriptorProto = Array.from(files, ({ proto }) =>
    toBinary(FileDescriptorProtoSchema, proto),
  );
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
}

function failure(errorCode: number, errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode, errorMessage } };
}
