import { ContainerMenu } from './features/containers/container-menu.tsx';
import { DetailsPage } from './features/container-details/details-page.tsx';
import type { RouteOf } from './stores/window/navigation.ts';

/** One container's page with the menu of the list: two features that know nothing of each other. */
export default function ContainerPage({ route }: { route: RouteOf<'container'> }) {
  return (
    <DetailsPage
      containerKey={route.id}
      tab={route.tab}
      menu={(view, anchor, onClose) => <ContainerMenu view={view} anchor={anchor} isDetails onClose={onClose} />}
    />
  );
}
