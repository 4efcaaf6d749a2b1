import { redirect } from 'next/navigation'

/** Home is the retention report. */
export default function Home(): never {
  redirect('/retention')
}
