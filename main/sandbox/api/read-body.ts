import type { IncomingMessage } from 'node:http'
import { parse as parseYaml } from 'yaml'
import type { Status } from '#api/meta.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { badRequest, refuse, status } from '../registry/status.ts'
import { parseProtobuf } from './protobuf-body.ts'

/** As upstream: the largest request etcd would take, with room to spare. */
const maxBytes = 3 * 1024 * 1024

/** The body as a value, `undefined` when there is none. JSON, or YAML where the media type says so. */
export async function readBody(request: IncomingMessage, contentType: string): Promise<Outcome<unknown, Status>> {
  const read = await readBytes(request)
  if (!read.ok) return read
  const bytes = read.value
  if (bytes.length === 0) return success(undefined)
  if (contentType.includes('protobuf')) return parseBinary(bytes)
  return parseText(bytes.toString(), contentType.includes('yaml'))
}

export async function readBytes(request: IncomingMessage): Promise<Outcome<Buffer, Status>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes)
      return refuse(status(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${maxBytes}`))
    chunks.push(chunk)
  }
  return success(Buffer.concat(chunks))
}

function parseBinary(bytes: Buffer): Outcome<unknown, Status> {
  const parsed = parseProtobuf(bytes)
  if (parsed.ok) return parsed
  const accepted = 'accepted media types include: application/json, application/yaml'
  const message = `the body of the request was in an unknown format (${parsed.error}) - ${accepted}`
  return refuse(status(415, 'UnsupportedMediaType', message))
}

function parseText(text: string, isYaml: boolean): Outcome<unknown, Status> {
  try {
    return success(isYaml ? parseYaml(text) : JSON.parse(text))
  } catch (cause) {
    return refuse(badRequest(`the request body cannot be read: ${cause instanceof Error ? cause.message : 'unknown'}`))
  }
}
