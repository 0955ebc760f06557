import { textOf } from './align.ts'
import type { MapNode, Node } from './tree.ts'
import { scalarText } from './yaml-text.ts'

const longest = 160

/** A value in one line, in the words of the API. */
export function wordsOf(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined
  const text = node.kind === 'map' ? mapWords(node) : flow(node)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

function mapWords(node: MapNode): string {
  switch (node.type) {
    case 'Container':
    case 'EphemeralContainer':
      return textOf(node, 'image')
    case 'EnvVar':
      return variableWords(node)
    case 'CanaryStep':
      return [...node.members].map(([name, each]) => stepWords(name, each)).join(', ')
    case 'VolumeMount':
      return [textOf(node, 'name'), textOf(node, 'subPath')].filter(Boolean).join(' ')
    case 'Volume':
      return [...node.members]
        .flatMap(([name, each]) => (name === 'name' ? [] : [`${name} ${inner(each)}`.trim()]))
        .join(', ')
    case 'AnalysisTemplateRef':
      return textOf(node, 'templateName')
    default:
      return flow(node)
  }
}

/** `secretKeyRef db.password`. */
function variableWords(node: MapNode): string {
  const from = node.members.get('valueFrom')
  if (from?.kind !== 'map') return textOf(node, 'value')
  return [...from.members].map(([source, each]) => `${source} ${inner(each)}`.trim()).join(', ')
}

/** The texts of a reference. */
const inner = (node: Node): string =>
  node.kind !== 'map'
    ? flow(node)
    : [...node.members]
        .filter(
          ([name, each]) => !each.filled && each.kind === 'leaf' && name !== 'apiVersion' && name !== 'defaultMode',
        )
        .map(([, each]) => (each.kind === 'leaf' ? String(each.value) : ''))
        .join('.')

/** `setWeight: 20`, `pause: 10m`, `analysis: error-rate`. */
function stepWords(name: string, node: Node): string {
  if (node.kind === 'leaf') return `${name}: ${String(node.value)}`
  if (node.kind === 'list') return `${name}: ${flow(node)}`
  const duration = textOf(node, 'duration')
  if (name === 'pause')
    return duration === '' ? 'pause: {}' : `pause: ${/^\d+$/.test(duration) ? `${duration}s` : duration}`
  const templates = node.members.get('templates')
  if (templates?.kind === 'list') {
    const names = templates.items.map((each) => textOf(each, 'templateName') || textOf(each, 'name'))
    return `${name}: ${names.join(', ')}`
  }
  return `${name}: ${flow(node)}`
}

/** On one line, without what is only assumed. */
function flow(node: Node): string {
  if (node.kind === 'leaf') return typeof node.value === 'string' ? node.value : scalarText(node.value)
  if (node.kind === 'list') return `[${node.items.map(flow).join(', ')}]`
  const members = [...node.members].filter(([, each]) => !each.filled && !each.byCluster)
  return `{${members.map(([name, each]) => `${name}: ${flow(each)}`).join(', ')}}`
}
