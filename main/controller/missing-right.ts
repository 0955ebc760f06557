import type { Resource } from '#api/resources.ts'
import { missingRightText } from '#engine/actions/needed-rights.ts'
import type { CanI } from '#main/cluster/can-i.ts'
import type { RequestWrite } from './apply-writes.ts'

interface Right {
  readonly verb: string
  readonly resource: Resource
  readonly subresource?: string
}

/**
 * The rights that some writes lack, in words, by one question for each (ACT-14); `undefined` when none is missing. A question
 * that gets no answer closes nothing: the request itself will be answered.
 */
export async function missingRight(canI: CanI, writes: readonly RequestWrite[]): Promise<string | undefined> {
  const asked = await Promise.all(
    writes.map(async (write) => {
      const right = rightFor(write)
      const { namespace, name } = write.ref
      const answer = await canI({ ...right, namespace, name })
      return answer.ok && !answer.value ? [right] : []
    }),
  )
  const missing = asked.flat()
  return missing.length === 0 ? undefined : missingRightText(missing, writes[0]?.ref.namespace ?? '')
}

function rightFor(write: RequestWrite): Right {
  const { resource } = write.ref
  const subresource = 'subresource' in write && write.subresource !== undefined ? write.subresource : undefined
  const verb = write.kind === 'evict' ? 'create' : write.kind
  return { verb, resource, ...(subresource !== undefined && { subresource }) }
}
