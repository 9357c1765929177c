/** Layout settings of the charts on the page. */
import { nodeLabel } from '../../diagram/graph.ts'
import type { Setting } from '../../diagram/layout.ts'
import { widthOfText } from './widths.ts'

/** The two kinds of charts: detailed and small. */
export type Detail = 'full' | 'small'

export const LABEL_LINE = 15
const START_SIZE = 10

const COMMON = {
  'elk.layered.cycleBreaking.strategy': 'GREEDY_MODEL_ORDER',
  'elk.layered.considerModelOrder.strategy': 'PREFER_NODES',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.padding': '[top=8,left=8,bottom=8,right=8]',
}

const OPTIONS: Readonly<Record<Detail, Setting['options']>> = {
  full: {
    ...COMMON,
    'elk.layered.spacing.nodeNodeBetweenLayers': '18',
    'elk.layered.spacing.edgeNodeBetweenLayers': '12',
    'elk.layered.spacing.edgeEdgeBetweenLayers': '9',
    'elk.spacing.nodeNode': '20',
    'elk.spacing.edgeNode': '12',
    'elk.spacing.edgeEdge': '9',
    'elk.spacing.edgeLabel': '3',
  },
  small: {
    ...COMMON,
    'elk.layered.spacing.nodeNodeBetweenLayers': '20',
    'elk.layered.spacing.edgeNodeBetweenLayers': '7',
    'elk.layered.spacing.edgeEdgeBetweenLayers': '6',
    'elk.spacing.nodeNode': '9',
    'elk.spacing.edgeNode': '7',
    'elk.spacing.edgeEdge': '6',
  },
}

export const settingOf = (detail: Detail): Setting => ({
  options: OPTIONS[detail],
  sizeOf: ({ key, kind }) => {
    if (kind === 'start') return { width: START_SIZE, height: START_SIZE }
    const [beside, height] = detail === 'full' ? [28, 30] : [14, 26]
    return { width: Math.ceil(widthOfText(nodeLabel(key), 'state')) + beside, height }
  },
  labelSizeOf: (lines) => ({
    width: Math.ceil(Math.max(0, ...lines.map((line) => widthOfText(line, 'label')))) + 8,
    height: lines.length * LABEL_LINE + 2,
  }),
  labelOptions: { 'elk.edgeLabels.inline': 'true' },
})
