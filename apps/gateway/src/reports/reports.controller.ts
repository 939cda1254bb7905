import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { ReportRows, ReportStatus, ReportView } from '@hark/contracts';
import { Caller, type Principal } from '@hark/service';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { SchemaPipe } from '../http/schema.pipe.js';
import { readReportBody, rowsQuery, type RowsQuery } from './report-requests.js';
import { ReportsService } from './reports.service.js';

/** The reports: what there is, what each has found, and what becomes of it. */
@Controller('v1/reports')
export class ReportsController {
  constructor(@Inject(ReportsService) private readonly service: ReportsService) {}

  @Get()
  list(@Caller() caller: Principal): { reports: ReportView[] } {
    return this.service.list(caller);
  }

  @Get(':name')
  rows(
    @Param('name') name: string,
    @Query(new SchemaPipe(rowsQuery)) query: RowsQuery,
    @Caller() caller: Principal,
  ): ReportRows {
    return this.service.rows(name, query, caller);
  }

  @Get(':name/progress')
  progress(@Param('name') name: string, @Caller() caller: Principal): ReturnType<ReportsService['progress']> {
    return this.service.progress(name, caller);
  }

  @Get(':name/status')
  status(@Param('name') name: string, @Caller() caller: Principal): Promise<ReportStatus> {
    return this.service.status(name, caller);
  }

  @Post()
  create(
    @Body() body: unknown,
    @Caller() caller: Principal,
    @IdempotencyKey() key?: string,
  ): Promise<ReportView> {
    return this.service.create(readReportBody(body), caller, key);
  }

  @Post(':name/stop')
  @HttpCode(200)
  stop(
    @Param('name') name: string,
    @Caller() caller: Principal,
    @IdempotencyKey() key?: string,
  ): Promise<ReportView> {
    return this.service.change('stop', name, caller, key);
  }

  @Post(':name/restart')
  @HttpCode(200)
  restart(
    @Param('name') name: string,
    @Caller() caller: Principal,
    @IdempotencyKey() key?: string,
  ): Promise<ReportView> {
    return this.service.change('restart', name, caller, key);
  }

  @Delete(':name')
  drop(
    @Param('name') name: string,
    @Caller() caller: Principal,
    @IdempotencyKey() key?: string,
  ): ReturnType<ReportsService['drop']> {
    return this.service.drop(name, caller, key);
  }
}
