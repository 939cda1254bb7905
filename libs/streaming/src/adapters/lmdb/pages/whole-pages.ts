import { PageFile } from './page-file.js';
import { readNumber, type Meta, type OverflowValue, type TreeNode } from './page-layout.js';
import { UsedPages, hasItsHeader, walkTree } from './tree-walk.js';

/**
 * To be called before LMDB opens an environment that is there already: it believes its meta pages, and ends the process where
 * they are something else.
 *
 * @throws DamagedFileError
 */
export function requireWholeMetas(environment: string): void {
  withFile(environment, 'r', (file) => void file.newestMeta());
}

/**
 * LMDB has no checksums, and believes what its pages say of each other; what is damaged there can end the process, hide
 * records, or have pages in use written over. So all of it is looked at before anything is read: every branch and leaf of what
 * is stored, and the list of free pages. What values hold is not: each has a checksum of its own.
 *
 * The caller holds a read transaction meanwhile, so that no page of the newest snapshot, or of a later one, is used again.
 *
 * @param mend whether headers of values on pages of their own are written again where they are damaged: by those LMDB
 *   would free other pages than the value's. All that they say is also in the leaf.
 * @throws DamagedFileError
 */
export function requireWholePages(environment: string, mend: boolean): void {
  withFile(environment, mend ? 'r+' : 'r', (file) => {
    const meta = file.newestMeta();
    const used = new UsedPages(meta.lastPage);
    walkTree(file, meta, meta.main, {
      used,
      compare: Buffer.compare,
      onLeaf: ({ overflow }) => {
        if (mend && overflow !== null) mendHeader(file, meta, overflow);
      },
    });
    const lists: { node: TreeNode; page: number }[] = [];
    walkTree(file, meta, meta.free, {
      used,
      compare: (a, b) => readNumber(a, 0) - readNumber(b, 0),
      onLeaf: (node, page) => void lists.push({ node, page }),
    });
    // Once all pages in use are known: none of them is free.
    for (const { node, page } of lists)
      if (!isFreeList(listOf(file, meta, node), meta, used))
        throw file.damaged(`the list of free pages at page ${page}`);
  });
}

function mendHeader(file: PageFile, meta: Meta, value: OverflowValue): void {
  if (!hasItsHeader(file, meta, value)) file.write(value.page * meta.pageBytes, value.header);
}

function listOf(file: PageFile, meta: Meta, { value, overflow }: TreeNode): Buffer | null {
  if (overflow === null) return value;
  if (!hasItsHeader(file, meta, overflow)) return null;
  return file
    .page(overflow.page, meta.pageBytes, overflow.pages * meta.pageBytes)
    .subarray(overflow.header.length);
}

/**
 * A list is its length and as many entries: a page, none (0), or a negative number, which says how many pages are free from
 * the one that follows on.
 */
function isFreeList(list: Buffer | null, meta: Meta, used: UsedPages): boolean {
  if (list === null || list.length < ENTRY_BYTES) return false;
  const length = readNumber(list, 0);
  if ((length + 1) * ENTRY_BYTES > list.length) return false;
  let pages = 1;
  for (let i = 1; i <= length; i++) {
    const entry = Number(list.readBigInt64LE(i * ENTRY_BYTES));
    if (entry < -meta.lastPage || (entry > 0 && !used.isFree(entry, pages))) return false;
    pages = entry < 0 ? -entry : 1;
  }
  return true;
}

const ENTRY_BYTES = 8;

function withFile(environment: string, mode: 'r' | 'r+', work: (file: PageFile) => void): void {
  const file = new PageFile(environment, mode);
  try {
    work(file);
  } finally {
    file.close();
  }
}
