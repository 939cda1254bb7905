import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ActivityVocabulary } from '@hark/contracts';
import { Caller, type Principal } from '@hark/service';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { SchemaPipe } from '../http/schema.pipe.js';
import { LiveHub } from '../live/live-hub.js';
import { alertQuery, listAlerts, type AlertList, type AlertQuery } from './alert-list.js';
import { ruleBody } from './rule-requests.js';
import { RulesService, type RuleView } from './rules.service.js';

/** What was announced, and the rules by which activities are. */
@Controller('v1/alerts')
export class AlertsController {
  constructor(
    @Inject(LiveHub) private readonly hub: LiveHub,
    @Inject(RulesService) private readonly service: RulesService,
    @Inject(ActivityVocabulary) private readonly activities: ActivityVocabulary,
  ) {}

  @Get()
  list(
    @Query(new SchemaPipe(alertQuery)) query: AlertQuery,
    @Caller() caller: Principal,
  ): Promise<AlertList> {
    return listAlerts(this.hub.log, query, caller);
  }

  @Get('rules')
  rules(@Caller() caller: Principal): { rules: RuleView[] } {
    return { rules: this.service.list(caller) };
  }

  @Post('rules')
  add(@Body() body: unknown, @Caller() caller: Principal, @IdempotencyKey() key?: string): Promise<RuleView> {
    const parsed = new SchemaPipe(ruleBody(this.activities)).transform(body);
    return this.service.add(parsed, caller, key ?? null);
  }

  @Delete('rules/:id')
  remove(@Param('id') id: string, @Caller() caller: Principal): ReturnType<RulesService['remove']> {
    return this.service.remove(id, caller);
  }
}
