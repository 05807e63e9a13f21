import type { Dialect } from '../media-server/media-server.ts';
import { itemRoutes, jellyfinItemRoutes, singleItemRoute } from './item-routes.ts';
import { embyLibraryRoutes, jellyfinLibraryRoutes, libraryRoutes } from './library-routes.ts';
import { embyPlayRoutes, jellyfinPlayRoutes, userPathPlayRoutes } from './play-routes.ts';
import type { ServerProfile } from './profile.ts';
import { Router, type Routes } from './router.ts';
import { systemRoutes } from './system-routes.ts';
import { embyUserRoutes, userRoutes } from './user-routes.ts';

const COMMON: Routes = {
  ...systemRoutes,
  ...libraryRoutes,
  ...userPathPlayRoutes,
};

/**
 * The routes of a server. Where two patterns fit a path the first one counts, so that fixed words stand before parameters.
 */
export function routerFor(profile: ServerProfile): Router {
  const byDialect: Record<Dialect, Routes> = {
    jellyfin: {
      ...COMMON,
      ...jellyfinLibraryRoutes,
      ...jellyfinItemRoutes,
      ...(profile.hasUserItemRoutes && { ...jellyfinPlayRoutes, 'GET /Items/{itemId}': singleItemRoute }),
      ...itemRoutes,
      ...userRoutes,
    },
    emby: {
      ...COMMON,
      ...embyLibraryRoutes,
      ...embyPlayRoutes,
      ...embyUserRoutes,
      ...itemRoutes,
      ...userRoutes,
    },
  };
  return new Router(byDialect[profile.dialect]);
}
