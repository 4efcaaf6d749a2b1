import { attribute } from './expression'
import { Bitmap, type Library } from './handle'
import type { UserId } from './user-id'

/** The users who have an attribute, as of when they are asked for. @see bitmapist, UniqueEvents */
export class AttributeBitmap<Id extends UserId = number> extends Bitmap<Id> {
  /** @throws BAD_EVENT */
  constructor(
    library: Library<Id>,
    readonly name: string,
  ) {
    super(library, attribute(name))
  }

  /** The attribute itself: it has no date. @see bitmapist, UniqueEvents.next */
  override delta(_count: number): AttributeBitmap<Id> {
    return this
  }

  /** Removes the attribute's key. Idempotent. @returns whether there was anything @see bitmapist, delete */
  override async delete(): Promise<boolean> {
    return (await this.library.deleteKeys([{ kind: 'attribute', name: this.name }])) > 0
  }
}
