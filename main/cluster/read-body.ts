import type { Dispatcher } from 'undici'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

const answerMax = 64 * 2 ** 20

/** The whole answer, as text. @param sizeMax bytes; what is larger is not read to its end. */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  unreachable: (error: unknown) => Failure,
  sizeMax = answerMax,
): Promise<Outcome<string, Failure>> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.length
      if (size > sizeMax) {
        const message = `The answer is larger than ${sizeMax / 2 ** 20} MiB.`
        return failure({ kind: 'ServerError', message, status: 200 })
      }
      chunks.push(chunk)
    }
  } catch (error) {
    return failure(unreachable(error))
  }
  return success(Buffer.concat(chunks).toString('utf8'))
}

/** The answer is of no interest; nor is how its reading ends. */
export const discard = ({ body }: Dispatcher.ResponseData): Promise<void> => body.dump().catch(() => undefined)
