import { fieldManager } from '#api/keys.ts'
import { type Resource, rbacName, resourcePath } from '#api/resources.ts'
import type { WriteView } from '#contract/views.ts'
import type { PatchType } from '#engine/decision.ts'
import { assertNever } from '#lib/assert.ts'
import { patchBody, type RequestWrite } from './apply-writes.ts'

const contentTypes: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

/**
 * One write as the request it becomes, and as the kubectl command that sends the same body byte for byte (UI-ACT-5). Both
 * come from the write itself, so a preview cannot differ from what is done.
 */
export function viewWrite(context: string, write: RequestWrite): WriteView {
  const { because, summary } = write
  const { method, contentType, body, command } = describe(context, write)
  const query = `?fieldManager=${fieldManager}`
  const path = `${pathOf(write)}${method === 'DELETE' ? '' : query}`
  return { method, path, contentType, body, kubectl: command(body), because, summary }
}

interface Described {
  readonly method: WriteView['method']
  readonly contentType: string
  readonly body: string
  readonly command: (body: string) => string
}

function describe(context: string, write: RequestWrite): Described {
  const { namespace, name, resource } = write.ref
  const kubectl = (...args: readonly string[]) =>
    [
      'kubectl',
      '--context',
      quote(context),
      ...(namespace === undefined ? [] : ['-n', quote(namespace)]),
      ...args,
    ].join(' ')
  const manager = `--field-manager=${fieldManager}`
  const subresource =
    'subresource' in write && write.subresource !== undefined ? [`--subresource=${write.subresource}`] : []
  const json = 'application/json'
  switch (write.kind) {
    case 'patch':
      return {
        method: 'PATCH',
        contentType: contentTypes[write.patchType],
        body: JSON.stringify(patchBody(write)),
        command: (body) =>
          kubectl(
            'patch',
            rbacName(resource),
            quote(name),
            ...subresource,
            `--type=${write.patchType}`,
            manager,
            '-p',
            quote(body),
          ),
      }
    case 'create':
      return {
        method: 'POST',
        contentType: json,
        body: JSON.stringify(write.object),
        command: (body) => hereDocument(kubectl('create', manager, '-f', '-'), body),
      }
    case 'update':
      return {
        method: 'PUT',
        contentType: json,
        body: JSON.stringify(write.object),
        command: (body) => hereDocument(kubectl('replace', ...subresource, manager, '-f', '-'), body),
      }
    case 'delete':
      return {
        method: 'DELETE',
        contentType: json,
        body: JSON.stringify({
          preconditions: write.precondition,
          ...(write.propagationPolicy === undefined ? {} : { propagationPolicy: write.propagationPolicy }),
        }),
        command: () => kubectl('delete', rbacName(resource), quote(name)),
      }
    case 'evict':
      return {
        method: 'POST',
        contentType: json,
        body: JSON.stringify({
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name, namespace },
          deleteOptions: { preconditions: write.precondition },
        }),
        command: (body) => hereDocument(kubectl('create', '--raw', quote(pathOf(write)), '-f', '-'), body),
      }
    default:
      return assertNever(write)
  }
}

function pathOf(write: RequestWrite): string {
  const { resource, namespace, name } = write.ref
  if (write.kind === 'create') return resourcePath(resource satisfies Resource, { namespace })
  const subresource = write.kind === 'evict' ? 'eviction' : 'subresource' in write ? write.subresource : undefined
  return resourcePath(resource, { namespace, name, subresource })
}

const hereDocument = (command: string, body: string): string => `${command} <<'EOF'\n${body}\nEOF`

/** For a POSIX shell; plain words stay bare. */
const quote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
