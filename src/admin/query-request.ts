// The query of a URL as a request of the admin service: each parameter is a field.

import {
  type DescEnum,
  type DescField,
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  type MessageShape,
} from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { thrownText } from "../core/thrown.js";

/** Reads a request; what is no field of it, or no value of the field, is an INVALID_ARGUMENT. */
export function requestOf<T extends DescMessage>(
  schema: T,
  query: URLSearchParams,
): MessageShape<T> {
  const json: JsonObject = {};
  for (const name of new Set(query.keys())) {
    const field = schema.fields.find((known) => known.name === name || known.jsonName === name);
    if (field === undefined) throw unknownParameter(schema, name);
    const values = query.getAll(name).map((text) => jsonOf(field, text));
    json[field.jsonName] = field.fieldKind === "list" ? values : (values.at(-1) ?? "");
  }
  try {
    return fromJson(schema, json);
  } catch (error) {
    throw unreadable(error);
  }
}

/** Enumerations can be written short: `live` for `MEMBER_STATUS_LIVE`. */
function jsonOf(field: DescField, text: string): JsonValue {
  const values = enumOf(field);
  if (values === undefined) return text;
  const short = `${values.sharedPrefix ?? ""}${text}`.toUpperCase();
  return values.values.some((value) => value.name === short) ? short : text;
}

function enumOf(field: DescField): DescEnum | undefined {
  if (field.fieldKind === "enum") return field.enum;
  return field.fieldKind === "list" && field.listKind === "enum" ? field.enum : undefined;
}

function unknownParameter(schema: DescMessage, name: string): ConnectError {
  const known = schema.fields.map((field) => field.jsonName);
  const advice = known.length === 0 ? "none is taken here" : `there are ${known.join(", ")}`;
  const message = `${JSON.stringify(name)} is no parameter of this path: ${advice}`;
  return new ConnectError(message, Code.InvalidArgument);
}

function unreadable(cause: unknown): ConnectError {
  const reason = thrownText(cause);
  const message = `the query cannot be read: ${reason}`;
  return new ConnectError(message, Code.InvalidArgument, undefined, undefined, cause);
}
