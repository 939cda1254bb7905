import type { PageFile } from './page-file.js';
import {
  META_PAGES,
  PageKind,
  decodeNodes,
  pageNumber,
  pageTransaction,
  type Meta,
  type OverflowValue,
  type TreeHead,
  type TreeNode,
} from './page-layout.js';

/** The pages in use by what is stored: none is used twice. */
export class UsedPages {
  private readonly used: Uint8Array;

  constructor(private readonly lastPage: number) {
    this.used = new Uint8Array(lastPage + 1);
  }

  /** @returns whether all of these are pages of the snapshot that nothing else uses. */
  take(page: number, pages = 1): boolean {
    if (!(page >= META_PAGES && pages >= 1 && page + pages - 1 <= this.lastPage)) return false;
    for (let each = page; each < page + pages; each++) {
      if (this.used[each] === 1) return false;
      this.used[each] = 1;
    }
    return true;
  }

  isFree(page: number, pages = 1): boolean {
    for (let each = page; each < page + pages; each++) if (this.used[each] !== 0) return false;
    return page >= META_PAGES;
  }
}

/**
 * Walks every branch and leaf of a tree in the order of its keys, and requires of each what LMDB relies on without looking:
 * that it is the page with its number, of no later transaction, filled by its nodes, with keys between those around it, and
 * that there are as many of each as the snapshot says.
 *
 * @param onLeaf called with each node of a leaf.
 * @throws DamagedFileError
 */
export function walkTree(
  file: PageFile,
  meta: Meta,
  head: TreeHead,
  {
    used,
    compare,
    onLeaf,
  }: { used: UsedPages; compare: CompareKeys; onLeaf: (node: TreeNode, page: number) => void },
): void {
  let [branchPages, leafPages, overflowPages, entries] = [0, 0, 0, 0];
  let last: Buffer | null = null;
  const walk = (number: number, depth: number, low: Buffer | null): void => {
    const damaged = () => file.damaged(`page ${number}`);
    const kind = depth === head.depth ? PageKind.leaf : PageKind.branch;
    const page = used.take(number) ? file.page(number, meta.pageBytes) : null;
    if (page === null || page.length < meta.pageBytes || pageNumber(page) !== number) throw damaged();
    const nodes = pageTransaction(page) > meta.transaction ? null : decodeNodes(page, kind);
    if (nodes === null) throw damaged();
    if (kind === PageKind.branch) {
      branchPages++;
      for (const [i, { key, child }] of nodes.entries()) {
        // The first child holds all that lies before the second.
        if (i > 0 && last !== null && compare(last, key) >= 0) throw damaged();
        walk(child, depth + 1, i > 0 ? key : low);
      }
      return;
    }
    leafPages++;
    for (const node of nodes) {
      if (node.key.length === 0 || (last !== null && compare(last, node.key) >= 0)) throw damaged();
      if (low !== null && compare(node.key, low) < 0) throw damaged();
      if (node.overflow !== null && !used.take(node.overflow.page, node.overflow.pages)) throw damaged();
      last = node.key;
      entries++;
      overflowPages += node.overflow?.pages ?? 0;
      onLeaf(node, number);
    }
  };
  if (head.root !== null) walk(head.root, 1, null);
  const isWhole =
    branchPages === head.branchPages &&
    leafPages === head.leafPages &&
    overflowPages === head.overflowPages &&
    entries === head.entries;
  if (!isWhole) throw file.damaged(`the tree at page ${head.root}`);
}

export type CompareKeys = (a: Buffer, b: Buffer) => number;

/** Whether the first page of a value says of itself what the leaf says of it. */
export function hasItsHeader(file: PageFile, { pageBytes }: Meta, { page, header }: OverflowValue): boolean {
  return file.page(page, pageBytes, header.length).equals(header);
}
