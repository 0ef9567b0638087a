// Which groups and contestants a choice of figures needs, and which figures cannot be had.
import type { Group, ServerId } from './contestant.ts';
import { FIGURES } from './figure-list.ts';
import type { Figure } from './figures.ts';
import { GROUPS, RATES_GROUP } from './groups.ts';

export interface Selection {
  readonly figures: readonly Figure[];
  /** With the contestants that are needed only. */
  readonly groups: readonly Group[];
  /** Figures that were asked for and cannot be measured here, with the server that is missing. */
  readonly leftOut: readonly { readonly figure: Figure; readonly missing: string }[];
}

interface Need {
  readonly group: string;
  readonly contestant: string;
}

/** What a figure needs of each group; of a table every contestant that is there. */
function needsOf(figure: Figure): Need[] {
  switch (figure.kind) {
    case 'ratio':
      return [figure.above, figure.below].map((contestant) => ({ group: figure.group, contestant }));
    case 'memory':
      return figure.groups.map((group) => ({ group, contestant: figure.server }));
    case 'start':
      return [];
    case 'table': {
      const all = GROUPS.find(({ id }) => id === figure.group)?.contestants.map(({ id }) => id) ?? [];
      const ids = figure.contestants ?? all;
      return [figure.group, RATES_GROUP].flatMap((group) => ids.map((contestant) => ({ group, contestant })));
    }
  }
}

/** Throws when a name is no figure's. */
export function selectFigures(only: readonly string[] | null, absent: readonly ServerId[]): Selection {
  const unknown = only?.filter((name) => !FIGURES.some(({ id }) => id === name)) ?? [];
  if (unknown.length > 0) throw new Error(`no such figure: ${unknown.join(', ')} (--list names them)`);
  const asked = FIGURES.filter(({ id }) => only === null || only.includes(id));
  const missingOf = (figure: Figure) =>
    figure.kind === 'table'
      ? undefined
      : needsOf(figure)
          .map(({ group, contestant }) => serverOf(group, contestant))
          .find((server) => server !== undefined && absent.includes(server));
  const figures = asked.filter((figure) => missingOf(figure) === undefined);
  const needs = figures.flatMap(needsOf);
  const groups = GROUPS.map((group) => ({
    ...group,
    contestants: group.contestants.filter(
      ({ id, server }) =>
        !absent.includes(server) && needs.some((need) => need.group === group.id && need.contestant === id),
    ),
  }));
  return {
    figures,
    groups: groups.filter(({ contestants }) => contestants.length > 0),
    leftOut: asked.flatMap((figure) => {
      const missing = missingOf(figure);
      return missing === undefined ? [] : [{ figure, missing }];
    }),
  };
}

function serverOf(group: string, contestant: string): ServerId | undefined {
  return GROUPS.find(({ id }) => id === group)?.contestants.find(({ id }) => id === contestant)?.server;
}
