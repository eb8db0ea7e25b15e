// HTTP/2 frames as bytes, for what no HTTP/2 library would send or tell.

/** The frame types of RFC 9113 that the tests meet. */
export const FRAME = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
} as const;

/** What a client sends before its first frame. */
export const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const FRAME_HEADER_BYTES = 9;

/** A frame. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** The bytes of a frame. */
export function frame({ type, flags, streamId, payload }: Frame): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUIntBE(payload.byteLength, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

/** Makes frames of the bytes of one direction as they come. */
export class FrameReader {
  #unread: Buffer = Buffer.alloc(0);

  read(bytes: Buffer): Frame[] {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    if (this.#unread.indexOf(PREFACE) === 0) this.#unread = this.#unread.subarray(PREFACE.length);
    const frames: Frame[] = [];
    while (this.#unread.byteLength >= FRAME_HEADER_BYTES) {
      const end = FRAME_HEADER_BYTES + this.#unread.readUIntBE(0, 3);
      if (this.#unread.byteLength < end) break;
      frames.push({
        type: this.#unread.readUInt8(3),
        flags: this.#unread.readUInt8(4),
        streamId: this.#unread.readUInt32BE(5),
        payload: this.#unread.subarray(FRAME_HEADER_BYTES, end),
      });
      this.#unread = this.#unread.subarray(end);
    }
    return frames;
  }
}
