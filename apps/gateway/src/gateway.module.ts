import { Module, type DynamicModule } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ActivityVocabulary } from '@hark/contracts';
import { AccessControl } from '@hark/service';
import { AlertsController } from './alerts/alerts.controller.js';
import { RulesService } from './alerts/rules.service.js';
import { DevicesController } from './devices/devices.controller.js';
import { IngestDoor } from './devices/ingest-door.js';
import { documentsModules } from './documents/gateway-documents.js';
import { Erasures, ErasuresController } from './erasure/erasures.controller.js';
import { requireJsonBody, requirePlainJson } from './http/json-body.js';
import { PageBundle } from './http/page-bundle.js';
import { PageController } from './http/page.controller.js';
import { LabelsController } from './labels/labels.controller.js';
import { LabelsService } from './labels/labels.service.js';
import { EventsController } from './live/events.controller.js';
import type { LiveLimits } from './live/live-connection.js';
import { LiveHub } from './live/live-hub.js';
import { LiveController } from './live/live.controller.js';
import { LIVE_LIMITS_TOKEN, LiveGateway } from './live/live.gateway.js';
import { LiveSocketAdapter } from './live/live-socket-adapter.js';
import { ModelVersions } from './models/model-versions.js';
import { ModelsController } from './models/models.controller.js';
import { ModelsService } from './models/models.service.js';
import { ReplaysController } from './replays/replays.controller.js';
import { ReplaysService } from './replays/replays.service.js';
import { ReportsController } from './reports/reports.controller.js';
import { ReportsService } from './reports/reports.service.js';
import type { SeveralGateways } from './several/several-gateways.js';
import { SessionIndex } from './sessions/session-index.js';
import { SessionsController } from './sessions/sessions.controller.js';

/** What the controllers and the socket gateway are made of; `createGateway` builds it. */
export interface GatewayParts {
  readonly hub: LiveHub;
  readonly models: ModelVersions;
  readonly modelsService: ModelsService;
  readonly sessions: SessionIndex;
  readonly labels: LabelsService;
  readonly activities: ActivityVocabulary;
  readonly rules: RulesService;
  readonly replays: ReplaysService;
  readonly reports: ReportsService;
  readonly access: AccessControl;
  readonly limits: LiveLimits;
  readonly page: PageBundle;
  readonly erasures: Erasures;
  readonly ingest: IngestDoor;
}

@Module({})
export class GatewayModule {
  static register(parts: GatewayParts): DynamicModule {
    return {
      module: GatewayModule,
      imports: documentsModules(parts.activities),
      controllers: [
        PageController,
        EventsController,
        LiveController,
        ModelsController,
        LabelsController,
        AlertsController,
        SessionsController,
        ReplaysController,
        ReportsController,
        DevicesController,
        ErasuresController,
      ],
      providers: [
        { provide: AccessControl, useValue: parts.access },
        { provide: LIVE_LIMITS_TOKEN, useValue: parts.limits },
        { provide: LiveHub, useValue: parts.hub },
        { provide: ModelVersions, useValue: parts.models },
        { provide: ModelsService, useValue: parts.modelsService },
        { provide: SessionIndex, useValue: parts.sessions },
        { provide: LabelsService, useValue: parts.labels },
        { provide: ActivityVocabulary, useValue: parts.activities },
        { provide: RulesService, useValue: parts.rules },
        { provide: ReplaysService, useValue: parts.replays },
        { provide: ReportsService, useValue: parts.reports },
        { provide: PageBundle, useValue: parts.page },
        { provide: IngestDoor, useValue: parts.ingest },
        { provide: Erasures, useValue: parts.erasures },
        LiveGateway,
      ],
    };
  }
}

/** Request bodies are small here: commands and replay requests. */
const BODY_LIMIT = '64kb';

/**
 * What the application object needs besides the module: the socket adapter and a bounded JSON body.
 * @param between takes requests that are between gateways, their bodies unread.
 */
export function configureGateway(
  app: NestExpressApplication,
  between: ReturnType<SeveralGateways['middleware']> = [],
): void {
  app.useWebSocketAdapter(new LiveSocketAdapter(app));
  app.use(requireJsonBody);
  for (const each of between) app.use(each);
  // What has passed is JSON, however its type is written: none may be left unread.
  // `verify` is Express's, and missing in Nest's types.
  const parsing = {
    limit: BODY_LIMIT,
    type: () => true,
    verify: (_request: unknown, _response: unknown, body: Buffer, encoding: string) =>
      requirePlainJson(body, encoding),
  };
  app.useBodyParser('json', parsing);
}
