import { BitcohortError, expected } from '../bitmapist/face'

export const MAX_BODY_BYTES = 5 * 1024 * 1024

/**
 * The text of a JSON body, read no further than the limit.
 * @throws BAD_MEDIA_TYPE; BODY_TOO_LARGE; BAD_BODY where it is not UTF-8
 */
export async function readJsonText(request: Request): Promise<string> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    const what = expected('content-type', 'application/json', type)
    throw new BitcohortError('BAD_MEDIA_TYPE', what, { field: 'content-type' })
  }
  const encoding = request.headers.get('content-encoding') ?? 'identity'
  if (encoding !== 'identity') {
    const what = expected('content-encoding', 'none', encoding)
    throw new BitcohortError('BAD_MEDIA_TYPE', what, { field: 'content-encoding' })
  }
  if (Number(request.headers.get('content-length')) > MAX_BODY_BYTES) throw tooLarge()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readBytes(request))
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new BitcohortError('BAD_BODY', '"body" expected UTF-8', { field: 'body', cause })
  }
}

async function readBytes({ body }: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let byteLength = 0
  for await (const chunk of body ?? []) {
    byteLength += chunk.byteLength
    if (byteLength > MAX_BODY_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(): BitcohortError {
  return new BitcohortError('BODY_TOO_LARGE', `"body" expected at most ${MAX_BODY_BYTES} bytes`, {
    field: 'body',
  })
}
