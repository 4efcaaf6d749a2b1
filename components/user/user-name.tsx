import type { UserId } from '../../lib/bitmapist/face'
import { shorten } from '../cohort/describe'
import classes from './user.module.css'
import { idText } from './words'

/** A user's id in a heading: a long one is cut, and whole in its title. */
export function UserName({ id }: { readonly id: UserId }) {
  const text = idText(id)
  const short = shorten(text)
  return (
    <bdi className={classes.name} title={short === text ? undefined : text}>
      {short}
    </bdi>
  )
}
