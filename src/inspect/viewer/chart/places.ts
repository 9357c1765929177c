/** The places of a chart's boxes and arrows without the chart itself, as the script of the page has them. */
import type { Graph } from '../../diagram/graph.ts'
import type { Box, Layout, PlacedEdge, Size } from '../../diagram/layout.ts'
import type { MachineName } from '../../protocol.ts'
import type { Detail } from './setting.ts'

/** In the order of the graph's nodes and edges. */
export interface Places extends Size {
  readonly nodes: readonly Box[]
  readonly edges: readonly Pick<PlacedEdge, 'points' | 'box'>[]
}

export type PlacesOfCharts = readonly (readonly [MachineName, Readonly<Record<Detail, Places>>])[]

export const placesOf = ({ width, height, nodes, edges }: Layout): Places => ({
  ...{ width, height },
  nodes: nodes.map(({ box }) => box),
  edges: edges.map(({ points, box }) => ({ points, box })),
})

/** @throws RangeError if the places are those of another graph. */
export function layoutOf({ name, nodes, edges }: Graph, { width, height, ...places }: Places): Layout {
  const placeIn = <T>(all: readonly T[], index: number): T => {
    const place = all[index]
    if (place === undefined) throw new RangeError(`the places are not those of ${name}`)
    return place
  }
  return {
    ...{ name, width, height },
    nodes: nodes.map((node, index) => ({ node, box: placeIn(places.nodes, index) })),
    edges: edges.map((edge, index) => {
      const { points, box } = placeIn(places.edges, index)
      return { edge, points, box }
    }),
  }
}
