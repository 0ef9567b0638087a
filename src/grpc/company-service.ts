// CompanyService over the CompanyAdmin port.
import { FieldFaults } from '../core/field-faults.ts';
import { parseCompanyDraft, parseCompanyId, parsePage, parseWhy } from '../core/parse-admin.ts';
import type { CompanyRecord, CompanyStatus } from '../core/registry.ts';
import type { CompanyAdmin } from '../pdp/admin-port.ts';
import { actorOf } from './actor.ts';
import { requestDecoder, responseEncoder, wireTime } from './codec-message.ts';
import type { Company } from './gen/postern/v1/Company.ts';
import type { CompanyStatus__Output } from './gen/postern/v1/CompanyStatus.ts';
import type { CreateCompanyRequest__Output } from './gen/postern/v1/CreateCompanyRequest.ts';
import type { GetCompanyRequest__Output } from './gen/postern/v1/GetCompanyRequest.ts';
import type { GetCompanyResponse } from './gen/postern/v1/GetCompanyResponse.ts';
import type { ListCompaniesRequest__Output } from './gen/postern/v1/ListCompaniesRequest.ts';
import type { ListCompaniesResponse } from './gen/postern/v1/ListCompaniesResponse.ts';
import type { ReactivateCompanyRequest__Output } from './gen/postern/v1/ReactivateCompanyRequest.ts';
import type { SuspendCompanyRequest__Output } from './gen/postern/v1/SuspendCompanyRequest.ts';
import type { RawService } from './raw-service.ts';

const decodeCreate = requestDecoder<CreateCompanyRequest__Output>('CreateCompanyRequest');
const decodeGet = requestDecoder<GetCompanyRequest__Output>('GetCompanyRequest');
const decodeList = requestDecoder<ListCompaniesRequest__Output>('ListCompaniesRequest');
const decodeSuspend = requestDecoder<SuspendCompanyRequest__Output>('SuspendCompanyRequest');
const decodeReactivate = requestDecoder<ReactivateCompanyRequest__Output>('ReactivateCompanyRequest');
const encodeList = responseEncoder<ListCompaniesResponse>('ListCompaniesResponse');
/** The answers of all methods but List are of one form. */
const encodeCompany = responseEncoder<GetCompanyResponse>('GetCompanyResponse');

const STATUS_NAMES: Readonly<Record<CompanyStatus, CompanyStatus__Output>> = {
  active: 'COMPANY_STATUS_ACTIVE',
  suspended: 'COMPANY_STATUS_SUSPENDED',
  closed: 'COMPANY_STATUS_CLOSED',
};

const STATUSES: Readonly<Record<CompanyStatus__Output, CompanyStatus | null>> = {
  COMPANY_STATUS_UNSPECIFIED: null,
  COMPANY_STATUS_ACTIVE: 'active',
  COMPANY_STATUS_SUSPENDED: 'suspended',
  COMPANY_STATUS_CLOSED: 'closed',
};

function wireCompany(company: CompanyRecord): Company {
  return {
    companyId: company.companyId,
    status: STATUS_NAMES[company.status],
    plan: company.plan,
    label: company.label,
    createdAt: wireTime(company.createdAtUs),
    version: company.version,
  };
}

const answer = (company: CompanyRecord) => encodeCompany({ company: wireCompany(company) });

/** The companies that own keys. */
export function createCompanyService(companies: CompanyAdmin): RawService {
  return {
    name: 'CompanyService',
    unary: {
      async CreateCompany(encoded, { peer }) {
        return answer(await companies.create(parseCompanyDraft(decodeCreate(encoded)), actorOf(peer)));
      },
      async GetCompany(encoded) {
        return answer(companies.get(parseCompanyId(decodeGet(encoded).companyId)));
      },
      async ListCompanies(encoded) {
        const request = decodeList(encoded);
        const faults = new FieldFaults();
        const page = parsePage(request, faults);
        faults.throwIfAny();
        const status = STATUSES[request.status];
        const { rows, editedIds, nextPageToken } = companies.list({ status, ...page });
        return encodeList({
          companies: rows.map(wireCompany),
          nextPageToken,
          editedCompanyIds: [...editedIds],
        });
      },
      async SuspendCompany(encoded, { peer }) {
        const { companyId, reason } = decodeSuspend(encoded);
        const id = parseCompanyId(companyId);
        return answer(await companies.setStatus(id, 'suspended', parseWhy(reason), actorOf(peer)));
      },
      async ReactivateCompany(encoded, { peer }) {
        const id = parseCompanyId(decodeReactivate(encoded).companyId);
        return answer(await companies.setStatus(id, 'active', '', actorOf(peer)));
      },
    },
  };
}
