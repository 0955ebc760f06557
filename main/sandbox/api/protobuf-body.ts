import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Fields } from '../registry/fields.ts'
import { messageTable } from './protobuf-messages.ts'

/**
 * Reads the bodies that kubectl's typed commands (`create namespace`, `autoscale`, `auth can-i` …) send as protobuf
 * whatever discovery says. Only the messages of the table are known; fields not named there are skipped. Answers are JSON.
 */
export function parseProtobuf(bytes: Buffer): Outcome<Fields, string> {
  if (bytes.subarray(0, 4).toString('latin1') !== 'k8s\0') return failure('no Kubernetes protobuf')
  try {
    const envelope = readMessage(bytes.subarray(4), 'Envelope')
    const { apiVersion, kind = '' } = (envelope['typeMeta'] ?? {}) as Record<string, string>
    const message = [`${apiVersion} ${kind}`, kind].find((each) => Object.hasOwn(messageTable, each))
    if (message === undefined) return failure(`${kind || 'this kind'} is taken as JSON only`)
    return success({ apiVersion, kind, ...readMessage(envelope['raw'] as Buffer, message) })
  } catch (cause) {
    return failure(cause instanceof RangeError ? 'the message is cut short' : String(cause))
  }
}

interface Field {
  readonly name: string
  readonly type: string
  readonly isList: boolean
}

const parsed = new Map<string, ReadonlyMap<number, Field>>()

/** The fields of a message by number. */
function fieldsOf(message: string): ReadonlyMap<number, Field> {
  const known = parsed.get(message)
  if (known !== undefined) return known
  const words = (messageTable[message] ?? '').split(/\s+/).filter(Boolean)
  const fields = new Map(words.map(parseField))
  parsed.set(message, fields)
  return fields
}

function parseField(word: string): readonly [number, Field] {
  const [number, name = '', type = 'text'] = word.split(':')
  return [Number(number), { name, type: type.replace('[]', ''), isList: type.endsWith('[]') }]
}

function readMessage(bytes: Buffer, message: string): Fields {
  const known = fieldsOf(message)
  const result: Record<string, unknown> = {}
  for (const [number, raw] of rawFields(bytes)) {
    const field = known.get(number)
    if (field === undefined) continue
    const read = readField(raw, field.type)
    // Upstream writes empty texts and messages even where nothing was set; those of a list were.
    if (!field.isList && (read === '' || isEmpty(read))) continue
    if (field.name === '.') Object.assign(result, read)
    else result[field.name] = joined(result[field.name], read, field)
  }
  return result
}

const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value) && Object.keys(value).length === 0

/** Lists come one item at a time, and maps one entry. */
function joined(before: unknown, read: unknown, { type, isList }: Field): unknown {
  if (isList) return [...((before as readonly unknown[] | undefined) ?? []), read]
  return type.endsWith('Map') || type === 'map' ? { ...(before as Fields), ...(read as Fields) } : read
}

function readField(raw: Buffer | number, type: string): unknown {
  if (typeof raw === 'number') return type === 'flag' ? raw !== 0 : raw
  switch (type) {
    case 'map':
      return readEntry(raw, (value) => value.toString())
    case 'base64Map':
      return readEntry(raw, (value) => value.toString('base64'))
    case 'quantityMap':
      return readEntry(raw, readQuantity)
    case 'quantity':
      return readQuantity(raw)
    case 'intOrText':
      return readIntOrText(raw)
    case 'bytes':
      return raw
    default:
      return Object.hasOwn(messageTable, type) ? readMessage(raw, type) : raw.toString()
  }
}

function readEntry(bytes: Buffer, read: (value: Buffer) => string): Fields {
  const parts = new Map(rawFields(bytes))
  const part = (number: number) => {
    const value = parts.get(number)
    return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
  }
  return { [part(1).toString()]: read(part(2)) }
}

const readQuantity = (bytes: Buffer): string => String(new Map(rawFields(bytes)).get(1) ?? '0')

/** Kind 0 is the number of field 2, kind 1 the text of field 3. */
function readIntOrText(bytes: Buffer): number | string {
  const parts = new Map(rawFields(bytes))
  return parts.get(1) === 1 ? String(parts.get(3) ?? '') : Number(parts.get(2) ?? 0)
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
