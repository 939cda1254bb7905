import type { IncomingMessage } from 'node:http';
import { createGunzip, createInflate } from 'node:zlib';
import type { Readable, Transform } from 'node:stream';
import type { BudgetShare } from './in-flight-budget.js';

/** The body is larger than is taken. */
export class BodyTooLargeError extends Error {
  readonly code = 'body_too_large';
  constructor(readonly limit: number) {
    super(
      `the body is over ${limit} bytes (after inflating); nothing of it was taken: send it in smaller pieces`,
    );
  }
}

/** A `Content-Encoding` other than gzip, deflate or identity. */
export class UnsupportedEncodingError extends Error {
  readonly code = 'unsupported_encoding';
  constructor(readonly encoding: string) {
    super(`content-encoding ${JSON.stringify(encoding.slice(0, 64))} is not taken; gzip and deflate are`);
  }
}

/** The compressed body cannot be inflated, or the client broke off. */
export class BrokenBodyError extends Error {
  readonly code = 'broken_body';
}

/** What is left of a refused body is read and dropped up to here, so that the client gets to see the answer. */
const MAX_DRAINED_BYTES = 64 << 20;
const MAX_DRAIN_MS = 5_000;

/**
 * The whole body, inflated.
 *
 * @param limit bytes after inflating, and of what is inflated.
 * @throws BodyTooLargeError, UnsupportedEncodingError, BrokenBodyError, OverloadedError
 */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  share: BudgetShare,
): Promise<Uint8Array> {
  try {
    const inflate = inflaterOf(request);
    if (Number(request.headers['content-length'] ?? 0) > limit) throw new BodyTooLargeError(limit);
    return await collect(request, inflate, limit, share);
  } catch (error) {
    await drain(request);
    throw error;
  }
}

function inflaterOf(request: IncomingMessage): Transform | null {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return null;
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  throw new UnsupportedEncodingError(encoding);
}

function collect(
  request: IncomingMessage,
  inflate: Transform | null,
  limit: number,
  share: BudgetShare,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let received = 0;
    let inflated = 0;
    const source: Readable = inflate ?? request;
    const end = (error: Error | null) => {
      request.off('data', onReceived).off('close', onClosed).off('error', onClosed);
      source.off('data', onData).off('end', onEnd);
      if (inflate !== null) {
        request.unpipe(inflate);
        // A fault that comes after the answer has no one left to tell.
        inflate.removeAllListeners('error').on('error', () => undefined);
        inflate.destroy();
      }
      if (error === null) resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, inflated));
      else reject(error);
    };
    const onReceived = (chunk: Buffer) => {
      received += chunk.length;
      if (received > limit) end(new BodyTooLargeError(limit));
    };
    const onData = (chunk: Buffer) => {
      inflated += chunk.length;
      if (inflated > limit) return end(new BodyTooLargeError(limit));
      try {
        share.take(chunk.length);
      } catch (error) {
        return end(error as Error);
      }
      chunks.push(chunk);
    };
    const onEnd = () => end(null);
    const onClosed = () => {
      if (!request.complete) end(new BrokenBodyError('the client broke off'));
    };
    request.on('close', onClosed).on('error', onClosed);
    source.on('data', onData).on('end', onEnd);
    if (inflate !== null) {
      inflate.on('error', (error) =>
        end(new BrokenBodyError(`the body cannot be inflated: ${error.message}`)),
      );
      request.on('data', onReceived).pipe(inflate);
    }
  });
}

/** Reads and drops the rest of a body. */
function drain(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let dropped = 0;
    const done = () => {
      clearTimeout(timer);
      request.off('data', onData).off('end', done).off('close', done);
      resolve();
    };
    const onData = (chunk: Buffer) => {
      dropped += chunk.length;
      if (dropped > MAX_DRAINED_BYTES) {
        request.pause();
        done();
      }
    };
    const timer = setTimeout(done, MAX_DRAIN_MS);
    request.on('data', onData).on('end', done).on('close', done).on('error', done);
    request.resume();
  });
}
