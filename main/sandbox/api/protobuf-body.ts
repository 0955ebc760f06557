import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Fields } from '../registry/fields.ts'

/**
 * Reads the bodies that kubectl's typed commands (`create namespace`, `create deployment`, `auth can-i` …) send as
 * protobuf whatever discovery says. Only those messages are known; fields not named here are skipped. Answers are JSON.
 */
export function parseProtobuf(bytes: Buffer): Outcome<Fields, string> {
  if (bytes.subarray(0, 4).toString('latin1') !== 'k8s\0') return failure('no Kubernetes protobuf')
  try {
    const envelope = readMessage(bytes.subarray(4), envelopeMessage)
    const { apiVersion, kind } = (envelope['typeMeta'] ?? {}) as Record<string, string>
    const message = messages[kind ?? '']
    if (message === undefined) return failure(`${kind ?? 'this kind'} is taken as JSON only`)
    return success({ apiVersion, kind, ...readMessage(envelope['raw'] as Buffer, message) })
  } catch (cause) {
    return failure(cause instanceof RangeError ? 'the message is cut short' : String(cause))
  }
}

type FieldType =
  | 'text'
  | 'number'
  | 'flag'
  | 'bytes'
  | 'texts'
  | 'textMap'
  | 'base64Map'
  | Message
  | { readonly each: Message }
/** Field numbers to names and types. A function where messages nest. */
type Message = () => Readonly<Record<number, readonly [name: string, type: FieldType]>>

const envelopeMessage: Message = () => ({ 1: ['typeMeta', typeMeta], 2: ['raw', 'bytes'] })
const typeMeta: Message = () => ({ 1: ['apiVersion', 'text'], 2: ['kind', 'text'] })

const objectMeta: Message = () => ({
  1: ['name', 'text'],
  2: ['generateName', 'text'],
  3: ['namespace', 'text'],
  5: ['uid', 'text'],
  6: ['resourceVersion', 'text'],
  11: ['labels', 'textMap'],
  12: ['annotations', 'textMap'],
  14: ['finalizers', 'texts'],
})
const metadata = { 1: ['metadata', objectMeta] } as const
const withSpec =
  (spec: Message): Message =>
  () => ({ ...metadata, 2: ['spec', spec] })

const containerPort: Message = () => ({
  1: ['name', 'text'],
  3: ['containerPort', 'number'],
  4: ['protocol', 'text'],
})
const environmentVariable: Message = () => ({ 1: ['name', 'text'], 2: ['value', 'text'] })
const container: Message = () => ({
  1: ['name', 'text'],
  2: ['image', 'text'],
  3: ['command', 'texts'],
  4: ['args', 'texts'],
  5: ['workingDir', 'text'],
  6: ['ports', { each: containerPort }],
  7: ['env', { each: environmentVariable }],
  14: ['imagePullPolicy', 'text'],
})
const podSpec: Message = () => ({
  2: ['containers', { each: container }],
  3: ['restartPolicy', 'text'],
  8: ['serviceAccountName', 'text'],
})
const podTemplate = withSpec(podSpec)
const labelSelector: Message = () => ({ 1: ['matchLabels', 'textMap'] })
const deploymentSpec: Message = () => ({
  1: ['replicas', 'number'],
  2: ['selector', labelSelector],
  3: ['template', podTemplate],
})
const jobSpec: Message = () => ({
  1: ['parallelism', 'number'],
  2: ['completions', 'number'],
  6: ['template', podTemplate],
  7: ['backoffLimit', 'number'],
})
const resourceAttributes: Message = () => ({
  1: ['namespace', 'text'],
  2: ['verb', 'text'],
  3: ['group', 'text'],
  4: ['version', 'text'],
  5: ['resource', 'text'],
  6: ['subresource', 'text'],
  7: ['name', 'text'],
})
const nonResourceAttributes: Message = () => ({ 1: ['path', 'text'], 2: ['verb', 'text'] })

const messages: Readonly<Record<string, Message>> = {
  Namespace: () => metadata,
  ServiceAccount: () => metadata,
  ConfigMap: () => ({ ...metadata, 2: ['data', 'textMap'], 3: ['binaryData', 'base64Map'], 4: ['immutable', 'flag'] }),
  Secret: () => ({ ...metadata, 2: ['data', 'base64Map'], 3: ['type', 'text'], 4: ['stringData', 'textMap'] }),
  Deployment: withSpec(deploymentSpec),
  Job: withSpec(jobSpec),
  SelfSubjectReview: () => metadata,
  SelfSubjectRulesReview: withSpec(() => ({ 1: ['namespace', 'text'] })),
  SelfSubjectAccessReview: withSpec(() => ({
    1: ['resourceAttributes', resourceAttributes],
    2: ['nonResourceAttributes', nonResourceAttributes],
  })),
}

function readMessage(bytes: Buffer, message: Message): Fields {
  const known = message()
  const result: Record<string, unknown> = {}
  for (const [number, value] of rawFields(bytes)) {
    const field = known[number]
    if (field === undefined) continue
    const [name, type] = field
    const read = readField(value, type, result[name])
    // Upstream writes empty texts and messages even where nothing was set.
    if (read !== '' && !isEmpty(read)) result[name] = read
  }
  return result
}

const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value) && Object.keys(value).length === 0

function readField(raw: Buffer | number, type: FieldType, before: unknown): unknown {
  if (typeof raw === 'number') return type === 'flag' ? raw !== 0 : raw
  if (typeof type === 'function') return readMessage(raw, type)
  if (typeof type === 'object') return [...((before as readonly unknown[]) ?? []), readMessage(raw, type.each)]
  switch (type) {
    case 'texts':
      return [...((before as readonly string[]) ?? []), raw.toString()]
    case 'textMap':
      return { ...(before as Fields), ...readEntry(raw, 'utf8') }
    case 'base64Map':
      return { ...(before as Fields), ...readEntry(raw, 'base64') }
    case 'bytes':
      return raw
    case 'text':
    case 'number':
    case 'flag':
      return raw.toString()
  }
}

function readEntry(bytes: Buffer, encoding: 'utf8' | 'base64'): Fields {
  const parts = new Map(rawFields(bytes))
  const [key, value] = [parts.get(1), parts.get(2)]
  const text = (part: Buffer | number | undefined, as: BufferEncoding) =>
    Buffer.isBuffer(part) ? part.toString(as) : ''
  return { [text(key, 'utf8')]: text(value, encoding) }
}

/** Field number and content, in order: a number for varints, bytes for what has a length. */
function* rawFields(bytes: Buffer): Generator<readonly [number, Buffer | number]> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = bytes.readUInt8(at++)
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new RangeError('varint without end')
  }
  while (at < bytes.length) {
    const tag = varint()
    const wire = tag % 8
    if (wire === 0) yield [Math.floor(tag / 8), varint()]
    else if (wire === 2) {
      const length = varint()
      if (at + length > bytes.length) throw new RangeError('content without end')
      yield [Math.floor(tag / 8), bytes.subarray(at, at + length)]
      at += length
    } else at += wire === 1 ? 8 : 4
  }
}
