/**
 * How LMDB lays its pages out, as far as it takes to tell a page that LMDB wrote from anything else: `mdb.c` of lmdb-js 3,
 * data version 2, on machines of 64 bits with the least significant byte first.
 */

export const META_PAGES = 2;
export const PAGE_HEADER_BYTES = 24;
export const META_BYTES = 168;
const NODE_HEADER_BYTES = 8;
/** What stands in a leaf for a value on pages of its own: their first, who wrote it, and how many they are. */
const OVERFLOW_REFERENCE_BYTES = 24;

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
/** In place of a root, all 64 bits: the tree is empty. */
const NO_PAGE = readNumber(Buffer.alloc(8, 0xff), 0);

export const PageKind = { branch: 0x01, leaf: 0x02, overflow: 0x04, meta: 0x08 } as const;
const OVERFLOW_VALUE = 0x01;

/** What a transaction says of one of its trees; `root` is null where it is empty. */
export interface TreeHead {
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  readonly root: number | null;
}

/** Where a snapshot of the environment begins. */
export interface Meta {
  readonly pageBytes: number;
  readonly free: TreeHead;
  readonly main: TreeHead;
  readonly lastPage: number;
  readonly transaction: number;
}

/** @returns null where these are not the first bytes of a meta page. */
export function decodeMeta(bytes: Buffer): Meta | null {
  if (bytes.length < META_BYTES || bytes.readUInt16LE(18) !== PageKind.meta) return null;
  if (bytes.readUInt32LE(24) !== MAGIC || (bytes.readUInt32LE(28) & 0xffff) !== DATA_VERSION) return null;
  return {
    pageBytes: bytes.readUInt32LE(48),
    free: decodeTreeHead(bytes, 48),
    main: decodeTreeHead(bytes, 96),
    lastPage: readNumber(bytes, 144),
    transaction: readNumber(bytes, 152),
  };
}

function decodeTreeHead(bytes: Buffer, at: number): TreeHead {
  const root = readNumber(bytes, at + 40);
  return {
    depth: bytes.readUInt16LE(at + 6),
    branchPages: readNumber(bytes, at + 8),
    leafPages: readNumber(bytes, at + 16),
    overflowPages: readNumber(bytes, at + 24),
    entries: readNumber(bytes, at + 32),
    root: root === NO_PAGE ? null : root,
  };
}

/** A value on pages of its own. */
export interface OverflowValue {
  readonly page: number;
  readonly pages: number;
  /** The header of the first of these pages: all that it says stands also in the leaf. */
  readonly header: Buffer;
}

export interface TreeNode {
  readonly key: Buffer;
  /** Of a branch: the page below. */
  readonly child: number;
  /** Of a leaf: the value, where it does not stand on pages of its own. */
  readonly value: Buffer;
  readonly overflow: OverflowValue | null;
}

/** The number and the transaction that a page says it has. */
export function pageNumber(page: Buffer): number {
  return readNumber(page, 0);
}

export function pageTransaction(page: Buffer): number {
  return readNumber(page, 8);
}

/** @returns the nodes of a branch or leaf in their order; null where they don't fill the page as LMDB would have them. */
export function decodeNodes(page: Buffer, kind: number): TreeNode[] | null {
  const room = page.length - PAGE_HEADER_BYTES;
  const [lower, upper] = [page.readUInt16LE(20), page.readUInt16LE(22)];
  if (page.readUInt16LE(18) !== kind || lower % 2 !== 0 || lower > upper || upper > room) return null;
  const nodes: TreeNode[] = [];
  let filled = 0;
  for (let pointer = 0; pointer < lower; pointer += 2) {
    const at = page.readUInt16LE(PAGE_HEADER_BYTES + pointer);
    if (at < upper || at + NODE_HEADER_BYTES > room) return null;
    const node = decodeNode(page, PAGE_HEADER_BYTES + at, kind);
    if (node === null) return null;
    nodes.push(node.node);
    filled += node.bytes;
  }
  return nodes.length > 0 && filled === room - upper ? nodes : null;
}

function decodeNode(page: Buffer, at: number, kind: number): { node: TreeNode; bytes: number } | null {
  const size = page.readUInt32LE(at);
  const flags = page.readUInt16LE(at + 4);
  const keyStart = at + NODE_HEADER_BYTES;
  const keyEnd = keyStart + page.readUInt16LE(at + 6);
  const onPages = kind === PageKind.leaf && flags === OVERFLOW_VALUE;
  if (kind === PageKind.leaf && flags !== 0 && !onPages) return null;
  const end = kind === PageKind.branch ? keyEnd : keyEnd + (onPages ? OVERFLOW_REFERENCE_BYTES : size);
  if (end > page.length) return null;
  const node: TreeNode = {
    key: page.subarray(keyStart, keyEnd),
    child: size + flags * 0x1_0000_0000,
    value: onPages ? page.subarray(0, 0) : page.subarray(keyEnd, end),
    overflow: onPages ? decodeOverflow(page, keyEnd, size) : null,
  };
  const bytes = end - at;
  return onPages && node.overflow === null ? null : { node, bytes: bytes + (bytes % 2) };
}

/** @returns null where as many pages don't hold a value of this size. */
function decodeOverflow(page: Buffer, at: number, valueBytes: number): OverflowValue | null {
  const pages = readNumber(page, at + 16);
  if (pages !== Math.floor((PAGE_HEADER_BYTES - 1 + valueBytes) / page.length) + 1) return null;
  const header = Buffer.alloc(PAGE_HEADER_BYTES);
  page.copy(header, 0, at, at + 16);
  header.writeUInt16LE(PageKind.overflow, 18);
  header.writeUInt32LE(pages, 20);
  return { page: readNumber(page, at), pages, header };
}

/** Exact up to 2^53; what lies beyond is no number of a page or a transaction. */
export function readNumber(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 0x1_0000_0000;
}
