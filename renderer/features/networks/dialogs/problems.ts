import { contains, isWithin, overlap, parseAddress, parseRange } from '../../../format/engine/address-range.ts';
import type { NetworkView } from '../../../format/engine/network.ts';
import { t } from '../../../i18n/i18n.ts';
import type { NewNetwork } from '../../../stores/networks.ts';

export type NetworkProblems = Partial<Record<keyof NewNetwork, string>>;

/** What the engine would refuse, said before it is asked, and naming who is in the way. An empty field is the engine's choice. */
export function problemsOfNetwork(form: NewNetwork, views: readonly NetworkView[]): NetworkProblems {
  const name = form.name.trim();
  const problems: NetworkProblems = {
    ...(!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name) ? { name: t('networks:problems.name') } : views.some((view) => view.network.Name === name) ? { name: t('networks:problems.taken', { name }) } : {}),
    ...rangeProblem('subnet', form.subnet, 4, views),
    ...(form.hasIpv6 ? rangeProblem('subnet6', form.subnet6, 6, views) : {}),
  };
  const subnet = parseRange(form.subnet);
  if (form.gateway.trim() !== '') {
    const gateway = parseAddress(form.gateway);
    if (gateway === undefined) problems.gateway = t('networks:problems.address');
    else if (subnet === undefined) problems.gateway = t('networks:problems.needsSubnet');
    else if (!contains(subnet, gateway)) problems.gateway = t('networks:problems.outside', { subnet: form.subnet.trim() });
  }
  if (form.range.trim() !== '') {
    const range = parseRange(form.range);
    if (range === undefined) problems.range = t('networks:problems.range');
    else if (subnet === undefined) problems.range = t('networks:problems.needsSubnet');
    else if (!isWithin(range, subnet)) problems.range = t('networks:problems.outside', { subnet: form.subnet.trim() });
  }
  return problems;
}

function rangeProblem(field: 'subnet' | 'subnet6', text: string, family: 4 | 6, views: readonly NetworkView[]): NetworkProblems {
  if (text.trim() === '') return {};
  const range = parseRange(text);
  if (range?.family !== family) return { [field]: t(family === 4 ? 'networks:problems.range' : 'networks:problems.range6') };
  const holder = views.find((view) => view.subnets.some((subnet) => {
    const other = parseRange(subnet);
    return other !== undefined && overlap(range, other);
  }));
  return holder === undefined ? {} : { [field]: t('networks:problems.overlaps', { name: holder.name, subnet: holder.subnets.join(', ') }) };
}

/** Of connecting: an address of one's own must lie in the network, and nobody may have it. */
export function problemOfAddress(text: string, view: NetworkView): string | undefined {
  if (text.trim() === '') return undefined;
  const address = parseAddress(text);
  if (address?.family !== 4) return t('networks:problems.address');
  const ranges = view.subnets.flatMap((subnet) => parseRange(subnet) ?? []);
  if (!ranges.some((range) => contains(range, address))) return t('networks:problems.outside', { subnet: view.subnets.join(', ') });
  const holder = view.attached.find((one) => one.address === text.trim());
  return holder === undefined ? undefined : t('networks:problems.held', { name: holder.container.name });
}
