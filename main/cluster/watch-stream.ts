import type { KubeObject } from '#api/meta.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type Asked, classifyAnswer } from './classify-failure.ts'
import type { WatchEvent } from './client.ts'

const lineMax = 16 * 2 ** 20

/**
 * The events of a watch body: one JSON document per line. Anything else (no JSON, a cut-off last line, an unknown type, a line
 * over 16 MiB) is a broken stream: one failure, then the end. An ERROR event is the failure it carries.
 */
export async function* watchEvents(
  body: AsyncIterable<Uint8Array>,
  asked: Asked,
): AsyncGenerator<Outcome<WatchEvent, Failure>> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.trim() === '') continue
      const event = parseLine(line, asked)
      yield event
      if (!event.ok) return
    }
    if (rest.length > lineMax) {
      yield broken('a line is longer than 16 MiB')
      return
    }
  }
  if (rest.trim() !== '') yield broken('it ended in the middle of an event')
}

const broken = (why: string) =>
  failure<Failure>({ kind: 'ServerError', message: `The watch is broken: ${why}.`, status: 200 })

function parseLine(line: string, asked: Asked): Outcome<WatchEvent, Failure> {
  let value: { readonly type?: unknown; readonly object?: (KubeObject & { readonly code?: number }) | null } | null
  try {
    value = JSON.parse(line)
  } catch {
    return broken('a line is not JSON')
  }
  const { type, object } = value ?? {}
  if (object === null || typeof object !== 'object') return broken('an event has no object')
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return typeof object.metadata?.name === 'string' ? success({ type, object }) : broken('an object has no name')
    case 'BOOKMARK':
      return success({ type, resourceVersion: object.metadata?.resourceVersion ?? '' })
    case 'ERROR':
      return failure(carriedFailure(object, asked))
    default:
      return broken(`an event is of type ${JSON.stringify(type)}`)
  }
}

/** The object of an ERROR event is a `Status`. */
function carriedFailure(object: { readonly code?: number }, asked: Asked): Failure {
  return classifyAnswer(
    { status: object.code ?? 500, retryAfter: undefined, body: JSON.stringify(object), now: 0 },
    asked,
  )
}
