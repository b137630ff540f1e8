"""The public names of the library; each is imported from its own room when it is first used. Made by tests/public_names.py."""

from .application.access.authenticate import (
    LoggedIn as LoggedIn,
)
from .application.access.change_account import (
    ChangeAccount as ChangeAccount,
    ChangeOwnName as ChangeOwnName,
    MoveAccount as MoveAccount,
    change_account as change_account,
    change_own_name as change_own_name,
    disable_account as disable_account,
    enable_account as enable_account,
)
from .application.access.clear_rules import (
    ClearRules as ClearRules,
    Cleared as Cleared,
    clear_rules as clear_rules,
)
from .application.access.credentials import (
    Enrolment as Enrolment,
    HandedOut as HandedOut,
    IssuedKey as IssuedKey,
)
from .application.access.end_session import (
    EndOwnSessions as EndOwnSessions,
    EndSession as EndSession,
    EndSessionsOf as EndSessionsOf,
    LogOut as LogOut,
    end_own_sessions as end_own_sessions,
    end_session as end_session,
    end_sessions_of as end_sessions_of,
    log_out as log_out,
)
from .application.access.forget import (
    ForgetSessions as ForgetSessions,
    first_session_end as first_session_end,
    forget_sessions as forget_sessions,
)
from .application.access.issue_key import (
    IssueApiKey as IssueApiKey,
    RevokeApiKey as RevokeApiKey,
    issue_api_key as issue_api_key,
    revoke_api_key as revoke_api_key,
    revoke_own_api_key as revoke_own_api_key,
)
from .application.access.log_in import (
    Admitted as Admitted,
    Identity as Identity,
    NoteSeen as NoteSeen,
    OpenSession as OpenSession,
    TakeBack as TakeBack,
    Try as Try,
    count_knock as count_knock,
    count_try as count_try,
    note_seen as note_seen,
    open_session as open_session,
    take_back_try as take_back_try,
)
from .application.access.noted_heads import (
    CompareHeads as CompareHeads,
    NotedHead as NotedHead,
    compare_heads as compare_heads,
    current_head as current_head,
)
from .application.access.open_account import (
    FirstStart as FirstStart,
    OpenAccount as OpenAccount,
    open_account as open_account,
    open_first_account as open_first_account,
)
from .application.access.operation_log import (
    AuditVerdict as AuditVerdict,
    ListLog as ListLog,
    VerifyAudit as VerifyAudit,
    list_log as list_log,
    verify_audit as verify_audit,
)
from .application.access.ports import (
    KnownAddress as KnownAddress,
    LogFilter as LogFilter,
    SharedSecret as SharedSecret,
)
from .application.access.queries import (
    Able as Able,
    AccountView as AccountView,
    DeedRefused as DeedRefused,
    ExplainAccess as ExplainAccess,
    GrantWeighed as GrantWeighed,
    KeyView as KeyView,
    ListAccounts as ListAccounts,
    ListRoles as ListRoles,
    SessionView as SessionView,
    WhoCan as WhoCan,
    explain_access as explain_access,
    explain_mine as explain_mine,
    find_account as find_account,
    find_me as find_me,
    find_role as find_role,
    list_accounts as list_accounts,
    list_keys_of as list_keys_of,
    list_own_keys as list_own_keys,
    list_own_sessions as list_own_sessions,
    list_roles as list_roles,
    list_verbs as list_verbs,
    who_can as who_can,
)
from .application.access.reseal import (
    ResealCodes as ResealCodes,
    Sealed as Sealed,
    SealedPage as SealedPage,
    list_sealed as list_sealed,
    reseal_codes as reseal_codes,
)
from .application.access.set_password import (
    ChangeOwnPassword as ChangeOwnPassword,
    ResetPassword as ResetPassword,
    change_own_password as change_own_password,
    count_proof as count_proof,
    reset_password as reset_password,
)
from .application.access.set_up_codes import (
    ConfirmCodes as ConfirmCodes,
    DropCodes as DropCodes,
    SetUpCodes as SetUpCodes,
    confirm_codes as confirm_codes,
    drop_codes as drop_codes,
    set_up_codes as set_up_codes,
)
from .application.access.settings import (
    AccessSettings as AccessSettings,
)
from .application.access.shape_role import (
    ChangeRole as ChangeRole,
    CreateRole as CreateRole,
    MoveRole as MoveRole,
    change_role as change_role,
    create_role as create_role,
    retire_role as retire_role,
    revive_role as revive_role,
)
from .application.aftersales.apply import (
    ApplyForClaim as ApplyForClaim,
    CancelClaim as CancelClaim,
    TakeOver as TakeOver,
    apply_for_claim as apply_for_claim,
    cancel_claim as cancel_claim,
    take_over_claim as take_over_claim,
)
from .application.aftersales.claims_file import (
    ClaimsFile as ClaimsFile,
    ClaimsTaken as ClaimsTaken,
)
from .application.aftersales.decide import (
    ApproveClaim as ApproveClaim,
    DecideClaim as DecideClaim,
    RejectClaim as RejectClaim,
    approve_claim as approve_claim,
    decide_claim as decide_claim,
    reject_claim as reject_claim,
)
from .application.aftersales.export import (
    ExportClaims as ExportClaims,
    claim_rows as claim_rows,
)
from .application.aftersales.import_claims import (
    ImportClaim as ImportClaim,
    ImportedLine as ImportedLine,
    check_claim as check_claim,
    import_claim as import_claim,
)
from .application.aftersales.inspect import (
    Found as Found,
    InspectReturn as InspectReturn,
    inspect_return as inspect_return,
)
from .application.aftersales.label import (
    AskReturnLabel as AskReturnLabel,
    ask_return_label as ask_return_label,
)
from .application.aftersales.label_paper import (
    ReturnLabel as ReturnLabel,
    show_return_label as show_return_label,
)
from .application.aftersales.parcels import (
    AssignParcel as AssignParcel,
    SendParcelBack as SendParcelBack,
    TakeDownParcel as TakeDownParcel,
    assign_parcel as assign_parcel,
    send_parcel_back as send_parcel_back,
    take_down_parcel as take_down_parcel,
)
from .application.aftersales.policy import (
    GetAftersalesPolicy as GetAftersalesPolicy,
    SetAftersalesPolicy as SetAftersalesPolicy,
    get_aftersales_policy as get_aftersales_policy,
    list_aftersales_policies as list_aftersales_policies,
    set_aftersales_policy as set_aftersales_policy,
)
from .application.aftersales.ports import (
    ClaimFilter as ClaimFilter,
    ParcelFilter as ParcelFilter,
)
from .application.aftersales.queries import (
    ClaimDetail as ClaimDetail,
    ListClaims as ListClaims,
    ListReturnParcels as ListReturnParcels,
    claims_of_order as claims_of_order,
    list_claims as list_claims,
    list_return_parcels as list_return_parcels,
    show_claim as show_claim,
    show_return_parcel as show_return_parcel,
)
from .application.aftersales.quote import (
    ClaimQuote as ClaimQuote,
    ClaimWish as ClaimWish,
    QuoteClaim as QuoteClaim,
    quote_claim as quote_claim,
)
from .application.aftersales.reship import (
    GoingBack as GoingBack,
    Reship as Reship,
    reship_claim as reship_claim,
    send_goods_back as send_goods_back,
)
from .application.aftersales.returns import (
    CameBack as CameBack,
    ReceiveReturn as ReceiveReturn,
    TellReturn as TellReturn,
    receive_return as receive_return,
    tell_return as tell_return,
)
from .application.aftersales.sheet_columns import (
    ClaimRow as ClaimRow,
)
from .application.aftersales.short import (
    settle_short as settle_short,
)
from .application.aftersales.station_inspect import (
    InspectState as InspectState,
    Look as Look,
)
from .application.aftersales.station_label import (
    LabelReturn as LabelReturn,
    label_return as label_return,
)
from .application.aftersales.station_send_back import (
    SendBackState as SendBackState,
)
from .application.aftersales.station_sight import (
    ReturnLine as ReturnLine,
    TxReturnsSight as TxReturnsSight,
)
from .application.aftersales.station_unpack import (
    UnpackState as UnpackState,
)
from .application.aftersales.timers import (
    ClaimsDue as ClaimsDue,
    Escalate as Escalate,
    Resume as Resume,
    claims_due as claims_due,
    escalate_claim as escalate_claim,
    resume_claim as resume_claim,
    time_out as time_out,
)
from .application.audit import (
    AuditEntry as AuditEntry,
    BrokenLink as BrokenLink,
    Form as Form,
    SealedEntry as SealedEntry,
)
from .application.catalog.batch import (
    Batch as Batch,
    Wanted as Wanted,
)
from .application.catalog.define import (
    DefineBrand as DefineBrand,
    DefineCategory as DefineCategory,
    DefineChannel as DefineChannel,
    EditBrand as EditBrand,
    EditCategory as EditCategory,
    EditChannel as EditChannel,
    define_brand as define_brand,
    define_category as define_category,
    define_channel as define_channel,
    edit_brand as edit_brand,
    edit_category as edit_category,
    edit_channel as edit_channel,
)
from .application.catalog.describe import (
    AddSkus as AddSkus,
    CreateProduct as CreateProduct,
    EditProduct as EditProduct,
    EditSku as EditSku,
    MoveProduct as MoveProduct,
    MoveSku as MoveSku,
    NewSku as NewSku,
    add_skus as add_skus,
    create_product as create_product,
    edit_product as edit_product,
    edit_sku as edit_sku,
    move_product as move_product,
    move_sku as move_sku,
)
from .application.catalog.export import (
    BeginExport as BeginExport,
    ProductLines as ProductLines,
    begin_export as begin_export,
    product_lines as product_lines,
)
from .application.catalog.import_file import (
    ImportReport as ImportReport,
    ProductFile as ProductFile,
    Taken as Taken,
)
from .application.catalog.import_products import (
    ImportProducts as ImportProducts,
    Mode as Mode,
    RowResult as RowResult,
    import_products as import_products,
)
from .application.catalog.imports import (
    Import as Import,
    ImportState as ImportState,
)
from .application.catalog.offer import (
    DraftListing as DraftListing,
    EditListing as EditListing,
    ReviewListing as ReviewListing,
    SubmitListing as SubmitListing,
    draft_listing as draft_listing,
    edit_listing as edit_listing,
    review_listing as review_listing,
    submit_listing as submit_listing,
)
from .application.catalog.product_columns import (
    CellError as CellError,
    ProductRow as ProductRow,
)
from .application.catalog.publish import (
    AcknowledgeListing as AcknowledgeListing,
    ArchiveListing as ArchiveListing,
    PauseListing as PauseListing,
    PushListing as PushListing,
    ReportVanished as ReportVanished,
    ResumeListing as ResumeListing,
    acknowledge_listing as acknowledge_listing,
    archive_listing as archive_listing,
    pause_listing as pause_listing,
    push_listing as push_listing,
    report_vanished as report_vanished,
    resume_listing as resume_listing,
)
from .application.catalog.queries import (
    CategoryView as CategoryView,
    GetBrand as GetBrand,
    GetCategory as GetCategory,
    GetChannel as GetChannel,
    GetListing as GetListing,
    GetProduct as GetProduct,
    GetSku as GetSku,
    ListImports as ListImports,
    ListListings as ListListings,
    ListMasterData as ListMasterData,
    ListProducts as ListProducts,
    ProductView as ProductView,
    SkusByCode as SkusByCode,
    get_brand as get_brand,
    get_category as get_category,
    get_channel as get_channel,
    get_listing as get_listing,
    get_product as get_product,
    get_sku as get_sku,
    list_brands as list_brands,
    list_categories as list_categories,
    list_channels as list_channels,
    list_imports as list_imports,
    list_listings as list_listings,
    list_products as list_products,
    skus_by_code as skus_by_code,
)
from .application.catalog.search import (
    FilterProducts as FilterProducts,
    SearchProducts as SearchProducts,
    SearchSkus as SearchSkus,
    filter_products as filter_products,
    search_products as search_products,
    search_skus as search_skus,
)
from .application.customers.keep import (
    EditCustomer as EditCustomer,
    EraseCustomer as EraseCustomer,
    RegisterCustomer as RegisterCustomer,
    RevealCustomer as RevealCustomer,
    edit_customer as edit_customer,
    erase_customer as erase_customer,
    register_customer as register_customer,
    reveal_customer as reveal_customer,
)
from .application.customers.queries import (
    CustomerView as CustomerView,
    GetCustomer as GetCustomer,
    ListCustomers as ListCustomers,
    get_customer as get_customer,
    list_customers as list_customers,
)
from .application.disclosures import (
    Disclosed as Disclosed,
    Disclosure as Disclosure,
)
from .application.events import (
    BrokerAway as BrokerAway,
    RecordPublished as RecordPublished,
    queued_events as queued_events,
    record_published as record_published,
)
from .application.export import (
    NoteExport as NoteExport,
    note_export as note_export,
)
from .application.group import (
    Done as Done,
)
from .application.inventory.adjust import (
    DecideAdjustment as DecideAdjustment,
    RequestAdjustment as RequestAdjustment,
    approve_adjustment as approve_adjustment,
    reject_adjustment as reject_adjustment,
    request_adjustment as request_adjustment,
    withdraw_adjustment as withdraw_adjustment,
)
from .application.inventory.configure import (
    EditWarehouse as EditWarehouse,
    NoteUnimported as NoteUnimported,
    OpenWarehouse as OpenWarehouse,
    SetAside as SetAside,
    SetChannelWarehouses as SetChannelWarehouses,
    SetFence as SetFence,
    SetPublishPolicy as SetPublishPolicy,
    edit_warehouse as edit_warehouse,
    note_unimported as note_unimported,
    open_warehouse as open_warehouse,
    set_aside as set_aside,
    set_channel_warehouses as set_channel_warehouses,
    set_fence as set_fence,
    set_publish_policy as set_publish_policy,
)
from .application.inventory.doubt import (
    StateChange as StateChange,
)
from .application.inventory.explain import (
    ExplainSku as ExplainSku,
    explain as explain,
)
from .application.inventory.explanation import (
    ChannelStock as ChannelStock,
    HeldFor as HeldFor,
    PartStock as PartStock,
    ReservedFor as ReservedFor,
    WarehouseStock as WarehouseStock,
)
from .application.inventory.follow import (
    FollowMerchant as FollowMerchant,
    MerchantSkus as MerchantSkus,
    follow_merchant as follow_merchant,
    skus_of_merchant as skus_of_merchant,
)
from .application.inventory.hold import (
    ExpireHolds as ExpireHolds,
    HoldStock as HoldStock,
    ReleaseHeldStock as ReleaseHeldStock,
    expire_holds as expire_holds,
    hold as hold,
    release_held_stock as release_held_stock,
)
from .application.inventory.inspected import (
    LookedAt as LookedAt,
    Loss as Loss,
)
from .application.inventory.issue import (
    Issued as Issued,
)
from .application.inventory.oversell import (
    Sale as Sale,
)
from .application.inventory.publish import (
    PublishStock as PublishStock,
    publish_stock as publish_stock,
)
from .application.inventory.queries import (
    ListAdjustments as ListAdjustments,
    ListMovements as ListMovements,
    ListOversells as ListOversells,
    ListPublished as ListPublished,
    ListStock as ListStock,
    ListWarehouses as ListWarehouses,
    MovementView as MovementView,
    PublishedView as PublishedView,
    ReservationsOfOrder as ReservationsOfOrder,
    StockView as StockView,
    find_adjustment as find_adjustment,
    find_channel_warehouses as find_channel_warehouses,
    find_hold as find_hold,
    find_oversell as find_oversell,
    find_receipt as find_receipt,
    find_warehouse as find_warehouse,
    list_adjustments as list_adjustments,
    list_movements as list_movements,
    list_oversells as list_oversells,
    list_policies as list_policies,
    list_published as list_published,
    list_stock as list_stock,
    list_warehouses as list_warehouses,
    reservations_of_order as reservations_of_order,
)
from .application.inventory.receive import (
    ReceiveOpening as ReceiveOpening,
    receive_opening as receive_opening,
)
from .application.inventory.settle import (
    CloseOversell as CloseOversell,
    FillOversell as FillOversell,
    close_oversell as close_oversell,
    fill_oversell as fill_oversell,
)
from .application.inventory.shelf import (
    Shelf as Shelf,
)
from .application.inventory.sold_out import (
    LookAtShelf as LookAtShelf,
    look_at_shelf as look_at_shelf,
)
from .application.inventory.suggest import (
    BufferSuggestion as BufferSuggestion,
    SuggestBuffer as SuggestBuffer,
    suggest_buffer as suggest_buffer,
)
from .application.inventory.transit import (
    Arrival as Arrival,
)
from .application.kept import (
    Kept as Kept,
)
from .application.ledger.periods import (
    MovePeriod as MovePeriod,
    close_period as close_period,
    lock_period as lock_period,
    reopen_period as reopen_period,
)
from .application.ledger.ports import (
    Balance as Balance,
    JournalFilter as JournalFilter,
    StatementLine as StatementLine,
    TrialLine as TrialLine,
)
from .application.ledger.post import (
    PostJournal as PostJournal,
    post_journal as post_journal,
)
from .application.ledger.queries import (
    AskStatement as AskStatement,
    AskTrialBalance as AskTrialBalance,
    ListBalances as ListBalances,
    ListJournals as ListJournals,
    account_statement as account_statement,
    list_balances as list_balances,
    list_journals as list_journals,
    list_periods as list_periods,
    show_journal as show_journal,
    show_period as show_period,
    trial_balance as trial_balance,
)
from .application.ledger.reverse import (
    ReverseJournal as ReverseJournal,
    reverse_journal as reverse_journal,
)
from .application.merchants.admit import (
    EditMerchant as EditMerchant,
    MoveMerchant as MoveMerchant,
    RegisterMerchant as RegisterMerchant,
    edit_merchant as edit_merchant,
    move_merchant as move_merchant,
    register_merchant as register_merchant,
)
from .application.merchants.commission import (
    SetCommission as SetCommission,
    list_commissions as list_commissions,
    set_commission as set_commission,
)
from .application.merchants.queries import (
    GetMerchant as GetMerchant,
    ListMerchants as ListMerchants,
    MerchantsByCode as MerchantsByCode,
    get_merchant as get_merchant,
    list_merchants as list_merchants,
    merchants_by_code as merchants_by_code,
)
from .application.office import (
    Office as Office,
)
from .application.orders.audit import (
    close_merge_window as close_merge_window,
)
from .application.orders.cancel import (
    CancelOrder as CancelOrder,
    cancel_order as cancel_order,
    expire_order as expire_order,
)
from .application.orders.export import (
    ExportOrders as ExportOrders,
    order_lines as order_lines,
)
from .application.orders.hold import (
    HoldOrder as HoldOrder,
    ReleaseHold as ReleaseHold,
    SettleException as SettleException,
    hold_order as hold_order,
    lapse_reservation as lapse_reservation,
    release_hold as release_hold,
    settle_exception as settle_exception,
)
from .application.orders.merge import (
    MergeOrders as MergeOrders,
    MergedOrders as MergedOrders,
    UndoMerge as UndoMerge,
    merge_orders as merge_orders,
    undo_merge as undo_merge,
)
from .application.orders.merging import (
    Apart as Apart,
    MergeProposal as MergeProposal,
    ProposeMerges as ProposeMerges,
    propose_merges as propose_merges,
)
from .application.orders.note import (
    AddNote as AddNote,
    add_note as add_note,
)
from .application.orders.pay import (
    PayAgain as PayAgain,
    pay_again as pay_again,
)
from .application.orders.place import (
    PlaceOrder as PlaceOrder,
    place_order as place_order,
)
from .application.orders.points import (
    PointsBill as PointsBill,
)
from .application.orders.policy import (
    GetAuditPolicy as GetAuditPolicy,
    SetAuditPolicy as SetAuditPolicy,
    get_audit_policy as get_audit_policy,
    set_audit_policy as set_audit_policy,
)
from .application.orders.ports import (
    OpenOrders as OpenOrders,
    OrderFilter as OrderFilter,
    Timer as Timer,
)
from .application.orders.queries import (
    ListOrders as ListOrders,
    OrderRow as OrderRow,
    OrderView as OrderView,
    ReceiverView as ReceiverView,
    list_orders as list_orders,
    order_timeline as order_timeline,
    show_order as show_order,
)
from .application.orders.quote import (
    Offer as Offer,
    QuoteOrder as QuoteOrder,
    quote_order as quote_order,
)
from .application.orders.release import (
    ConfirmedOrders as ConfirmedOrders,
    ReleaseOrder as ReleaseOrder,
    ReleaseRest as ReleaseRest,
    ReleasedOrder as ReleasedOrder,
    WaitingOrders as WaitingOrders,
    confirmed_orders as confirmed_orders,
    release_order as release_order,
    release_rest as release_rest,
)
from .application.orders.reveal import (
    RevealReceiver as RevealReceiver,
    reveal_receiver as reveal_receiver,
)
from .application.orders.ship import (
    CompleteOrder as CompleteOrder,
    complete_due as complete_due,
    complete_order as complete_order,
)
from .application.orders.short import (
    Lacking as Lacking,
    SettleShort as SettleShort,
    SettledShort as SettledShort,
)
from .application.orders.split import (
    PartOut as PartOut,
    SplitOrder as SplitOrder,
    SplitOrdered as SplitOrdered,
    SplitPart as SplitPart,
    split_order as split_order,
)
from .application.orders.take_over import (
    ImportChannelOrder as ImportChannelOrder,
    MatchGoods as MatchGoods,
    import_channel_order as import_channel_order,
    match_goods as match_goods,
)
from .application.orders.timers import (
    OrdersDue as OrdersDue,
    orders_due as orders_due,
)
from .application.outbound.accept_by_badge import (
    AcceptByBadge as AcceptByBadge,
    accept_by_badge as accept_by_badge,
)
from .application.outbound.arrivals import (
    CancelTransfer as CancelTransfer,
    ReceiveTransfer as ReceiveTransfer,
    ReceivedLine as ReceivedLine,
    Surplus as Surplus,
    WriteOffGap as WriteOffGap,
    cancel_transfer as cancel_transfer,
    receive_transfer as receive_transfer,
    write_off_gap as write_off_gap,
)
from .application.outbound.begin_walk import (
    StartPicking as StartPicking,
    start_picking as start_picking,
)
from .application.outbound.check import (
    BeginCheck as BeginCheck,
    CheckAnew as CheckAnew,
    CheckInLane as CheckInLane,
    CheckPiece as CheckPiece,
    begin_check as begin_check,
    check_anew as check_anew,
    check_in_lane as check_in_lane,
    check_piece as check_piece,
)
from .application.outbound.configure import (
    SetBox as SetBox,
    SetDispatch as SetDispatch,
    SetTemplate as SetTemplate,
    set_box as set_box,
    set_dispatch as set_dispatch,
    set_template as set_template,
)
from .application.outbound.errands import (
    Errand as Errand,
)
from .application.outbound.goods_issue_queries import (
    GoodsIssueRow as GoodsIssueRow,
    ListGoodsIssues as ListGoodsIssues,
    goods_issue_timeline as goods_issue_timeline,
    list_goods_issues as list_goods_issues,
    show_goods_issue as show_goods_issue,
)
from .application.outbound.goods_issues import (
    ApproveGoodsIssue as ApproveGoodsIssue,
    CancelGoodsIssue as CancelGoodsIssue,
    DecideGoodsIssue as DecideGoodsIssue,
    IssueWish as IssueWish,
    RequestGoodsIssue as RequestGoodsIssue,
    approve_goods_issue as approve_goods_issue,
    cancel_goods_issue as cancel_goods_issue,
    reject_goods_issue as reject_goods_issue,
    request_goods_issue as request_goods_issue,
    withdraw_goods_issue as withdraw_goods_issue,
)
from .application.outbound.hand_out import (
    HandOutGoodsIssue as HandOutGoodsIssue,
    hand_out_goods_issue as hand_out_goods_issue,
)
from .application.outbound.hand_over import (
    CloseManifest as CloseManifest,
    OpenManifest as OpenManifest,
    ScanParcel as ScanParcel,
    add_parcel as add_parcel,
    cancel_manifest as cancel_manifest,
    close_manifest as close_manifest,
    open_manifest as open_manifest,
    remove_parcel as remove_parcel,
)
from .application.outbound.intercept import (
    InterceptOrder as InterceptOrder,
    intercept_order as intercept_order,
    put_back_goods as put_back_goods,
)
from .application.outbound.labels import (
    PrintLabels as PrintLabels,
    ask_again as ask_again,
    print_labels as print_labels,
)
from .application.outbound.layout import (
    Promise as Promise,
    Spot as Spot,
)
from .application.outbound.lists import (
    PrintLists as PrintLists,
    PrintTransfer as PrintTransfer,
    print_outbound_sheets as print_outbound_sheets,
    print_pick_lists as print_pick_lists,
    print_summary as print_summary,
    print_transfer_sheet as print_transfer_sheet,
)
from .application.outbound.pack import (
    Pack as Pack,
    PackedParcel as PackedParcel,
    ProposeBox as ProposeBox,
    pack as pack,
    propose_box as propose_box,
)
from .application.outbound.parcel_queries import (
    ListManifests as ListManifests,
    ListParcels as ListParcels,
    list_manifests as list_manifests,
    list_parcels as list_parcels,
    manifest_timeline as manifest_timeline,
    show_check as show_check,
    show_manifest as show_manifest,
    show_parcel as show_parcel,
)
from .application.outbound.picking import (
    AnswerZeroCheck as AnswerZeroCheck,
    ConfirmPick as ConfirmPick,
    LeaveWalk as LeaveWalk,
    SkipLine as SkipLine,
    answer_zero_check as answer_zero_check,
    confirm_pick as confirm_pick,
    leave_walk as leave_walk,
    skip_line as skip_line,
)
from .application.outbound.plan import (
    PlanWaves as PlanWaves,
    propose_waves as propose_waves,
)
from .application.outbound.put_back_places import (
    ProposePlaces as ProposePlaces,
    PutBackPlace as PutBackPlace,
    WhyHere as WhyHere,
    propose_places as propose_places,
)
from .application.outbound.queries import (
    Consignee as Consignee,
    Dispatch as Dispatch,
    ListOutbound as ListOutbound,
    ListRuns as ListRuns,
    ListWaves as ListWaves,
    OutboundDetail as OutboundDetail,
    OutboundRow as OutboundRow,
    WaveDetail as WaveDetail,
    find_outbound as find_outbound,
    list_boxes as list_boxes,
    list_outbound as list_outbound,
    list_runs as list_runs,
    list_waves as list_waves,
    my_walks as my_walks,
    outbound_timeline as outbound_timeline,
    show_box as show_box,
    show_dispatch as show_dispatch,
    show_lane as show_lane,
    show_outbound as show_outbound,
    show_run as show_run,
    show_wall as show_wall,
    show_wave as show_wave,
    show_wave_template as show_wave_template,
    wave_timeline as wave_timeline,
)
from .application.outbound.rates import (
    AskRates as AskRates,
    RateQuestion as RateQuestion,
    shipment_to_rate as shipment_to_rate,
)
from .application.outbound.release import (
    Consignment as Consignment,
    PartLine as PartLine,
)
from .application.outbound.settle import (
    LookAgain as LookAgain,
    SendWithout as SendWithout,
    look_again as look_again,
    send_without as send_without,
    short_orders as short_orders,
)
from .application.outbound.short import (
    ReportShort as ReportShort,
    ShortReported as ShortReported,
    report_short as report_short,
)
from .application.outbound.sort import (
    BeginSort as BeginSort,
    PlaceInSlot as PlaceInSlot,
    PlacedInSlot as PlacedInSlot,
    begin_sort as begin_sort,
    place_in_slot as place_in_slot,
)
from .application.outbound.station_check import (
    CheckState as CheckState,
)
from .application.outbound.station_hand_over import (
    HandOverState as HandOverState,
)
from .application.outbound.station_pack import (
    PackingState as PackingState,
)
from .application.outbound.station_put_back import (
    Back as Back,
    PutBackState as PutBackState,
)
from .application.outbound.station_sight import (
    OffShelf as OffShelf,
    Stopped as Stopped,
    TxOutboundSight as TxOutboundSight,
    WalkSeen as WalkSeen,
    WallSeen as WallSeen,
)
from .application.outbound.station_sort import (
    Lit as Lit,
    SortState as SortState,
)
from .application.outbound.station_weigh import (
    WeighState as WeighState,
)
from .application.outbound.transfer_queries import (
    ListTransfers as ListTransfers,
    list_transfers as list_transfers,
    show_transfer as show_transfer,
    transfer_timeline as transfer_timeline,
)
from .application.outbound.transfers import (
    CreateTransfer as CreateTransfer,
    ReadyTransfer as ReadyTransfer,
    TransferWish as TransferWish,
    create_transfer as create_transfer,
    ready_transfer as ready_transfer,
)
from .application.outbound.waves import (
    LeftOut as LeftOut,
    ReleaseWave as ReleaseWave,
    ReleasedWave as ReleasedWave,
    UndoWave as UndoWave,
    release_wave as release_wave,
    undo_wave as undo_wave,
)
from .application.outbound.weigh import (
    AcceptWeight as AcceptWeight,
    ParcelWeighed as ParcelWeighed,
    WeighParcel as WeighParcel,
    accept_weight as accept_weight,
    send_back as send_back,
    weigh_parcel as weigh_parcel,
)
from .application.outbound.wishes import (
    FreeWalks as FreeWalks,
    GoodsIssueFilter as GoodsIssueFilter,
    ManifestWish as ManifestWish,
    OutboundWish as OutboundWish,
    ParcelWish as ParcelWish,
    RunWish as RunWish,
    TransferFilter as TransferFilter,
    WaveWish as WaveWish,
)
from .application.outbox import (
    Delivery as Delivery,
)
from .application.paging import (
    Slice as Slice,
)
from .application.payments.answers import (
    RecordPaymentAnswer as RecordPaymentAnswer,
    RecordRefundAnswer as RecordRefundAnswer,
    record_payment_answer as record_payment_answer,
    record_refund_answer as record_refund_answer,
    submit_refund as submit_refund,
)
from .application.payments.cases import (
    AssignCase as AssignCase,
    ResolveCase as ResolveCase,
    assign_case as assign_case,
    resolve_case as resolve_case,
)
from .application.payments.cashier import (
    Questions as Questions,
    TakeQuestions as TakeQuestions,
    next_question_due as next_question_due,
    read_payment as read_payment,
    read_refund as read_refund,
    take_questions as take_questions,
)
from .application.payments.notices import (
    Receipt as Receipt,
    ReceiveNotice as ReceiveNotice,
    receive_notice as receive_notice,
)
from .application.payments.payout import (
    Payout as Payout,
)
from .application.payments.ports import (
    Acknowledgement as Acknowledgement,
    CaseFilter as CaseFilter,
    PaymentFilter as PaymentFilter,
    RefundFilter as RefundFilter,
)
from .application.payments.queries import (
    ListCases as ListCases,
    ListPayments as ListPayments,
    ListRefunds as ListRefunds,
    list_cases as list_cases,
    list_notices as list_notices,
    list_payments as list_payments,
    list_refunds as list_refunds,
    show_case as show_case,
    show_payment as show_payment,
    show_refund as show_refund,
)
from .application.payments.refund import (
    MoveRefund as MoveRefund,
    RefundPayment as RefundPayment,
    cancel_refund as cancel_refund,
    refund_payment as refund_payment,
    retry_refund as retry_refund,
    settle_refund as settle_refund,
)
from .application.points.adjust import (
    AdjustPoints as AdjustPoints,
    DecidePointsAdjustment as DecidePointsAdjustment,
    adjust_points as adjust_points,
    approve_points_adjustment as approve_points_adjustment,
    reject_points_adjustment as reject_points_adjustment,
)
from .application.points.expire import (
    ended_points as ended_points,
    expire_points as expire_points,
)
from .application.points.policy import (
    SetPointsPolicy as SetPointsPolicy,
    get_points_policy as get_points_policy,
    set_points_policy as set_points_policy,
)
from .application.points.queries import (
    ListPointsAdjustments as ListPointsAdjustments,
    ListPointsEntries as ListPointsEntries,
    PointsOf as PointsOf,
    PointsStanding as PointsStanding,
    list_points_adjustments as list_points_adjustments,
    list_points_entries as list_points_entries,
    show_points as show_points,
    show_points_adjustment as show_points_adjustment,
)
from .application.ports import (
    Counter as Counter,
    Index as Index,
    Records as Records,
)
from .application.pricing.budget import (
    DefineCampaign as DefineCampaign,
    EditCampaign as EditCampaign,
    MoveCampaign as MoveCampaign,
    define_campaign as define_campaign,
    edit_campaign as edit_campaign,
    move_campaign as move_campaign,
)
from .application.pricing.issue import (
    ClaimCoupon as ClaimCoupon,
    ExpireCoupons as ExpireCoupons,
    IssueCoupons as IssueCoupons,
    IssueTo as IssueTo,
    MakeCodes as MakeCodes,
    VoidCoupon as VoidCoupon,
    claim_coupon as claim_coupon,
    expire_coupons as expire_coupons,
    issue_coupons as issue_coupons,
    make_codes as make_codes,
    void_coupon as void_coupon,
)
from .application.pricing.promote import (
    DefinePromotion as DefinePromotion,
    EditPromotion as EditPromotion,
    MovePromotion as MovePromotion,
    PromotionTerms as PromotionTerms,
    define_promotion as define_promotion,
    edit_promotion as edit_promotion,
    move_promotion as move_promotion,
)
from .application.pricing.queries import (
    CampaignView as CampaignView,
    CouponView as CouponView,
    ListCampaigns as ListCampaigns,
    ListCoupons as ListCoupons,
    ListPriceChanges as ListPriceChanges,
    ListPromotions as ListPromotions,
    ShowPrices as ShowPrices,
    TemplateView as TemplateView,
    list_campaigns as list_campaigns,
    list_coupons as list_coupons,
    list_price_changes as list_price_changes,
    list_promotions as list_promotions,
    list_templates as list_templates,
    show_campaign as show_campaign,
    show_coupon as show_coupon,
    show_prices as show_prices,
    show_promotion as show_promotion,
    show_template as show_template,
)
from .application.pricing.quote import (
    GetQuote as GetQuote,
    get_quote as get_quote,
)
from .application.pricing.set_prices import (
    SetFloor as SetFloor,
    SetPrice as SetPrice,
    SetPrices as SetPrices,
    WithdrawPrice as WithdrawPrice,
    set_floor as set_floor,
    set_price as set_price,
    set_prices as set_prices,
    withdraw_price as withdraw_price,
)
from .application.pricing.tell import (
    TellPrices as TellPrices,
    tell_prices as tell_prices,
)
from .application.pricing.templates import (
    DefineTemplate as DefineTemplate,
    EditTemplate as EditTemplate,
    MoveTemplate as MoveTemplate,
    TemplateTerms as TemplateTerms,
    define_template as define_template,
    edit_template as edit_template,
    move_template as move_template,
)
from .application.printing.configure import (
    AddPrinter as AddPrinter,
    EditPrinter as EditPrinter,
    PublishTemplate as PublishTemplate,
    RetireTemplate as RetireTemplate,
    add_printer as add_printer,
    edit_printer as edit_printer,
    publish_template as publish_template,
    retire_template as retire_template,
)
from .application.printing.ports import (
    JobFilter as JobFilter,
    Rendered as Rendered,
    Sending as Sending,
)
from .application.printing.queries import (
    ListJobs as ListJobs,
    ListPrinters as ListPrinters,
    ShownTemplate as ShownTemplate,
    list_jobs as list_jobs,
    list_print_templates as list_print_templates,
    list_printers as list_printers,
    list_reprints as list_reprints,
    look_at_delivery as look_at_delivery,
    preview_job as preview_job,
    read_job as read_job,
    show_job as show_job,
    show_print_template as show_print_template,
    show_printer as show_printer,
)
from .application.printing.request import (
    Reprint as Reprint,
    RequestPrint as RequestPrint,
    reprint as reprint,
    request_print as request_print,
)
from .application.printing.track import (
    CancelJob as CancelJob,
    RecordOutcome as RecordOutcome,
    ResumeJob as ResumeJob,
    SettleJob as SettleJob,
    begin_sending as begin_sending,
    cancel_job as cancel_job,
    record_outcome as record_outcome,
    resume_job as resume_job,
    settle_job as settle_job,
)
from .application.relay import (
    ClaimMessages as ClaimMessages,
    ListMessages as ListMessages,
    RecordDelivery as RecordDelivery,
    claim_messages as claim_messages,
    list_messages as list_messages,
    next_delivery_due as next_delivery_due,
    record_delivery as record_delivery,
    redeliver as redeliver,
)
from .application.rewards.queries import (
    grants_of_order as grants_of_order,
)
from .application.rewards.rules import (
    DefineRewardRule as DefineRewardRule,
    ListRewardRules as ListRewardRules,
    MoveRewardRule as MoveRewardRule,
    define_reward_rule as define_reward_rule,
    list_reward_rules as list_reward_rules,
    move_reward_rule as move_reward_rule,
    show_reward_rule as show_reward_rule,
)
from .application.secret_box import (
    NoSecretKey as NoSecretKey,
    SealBroken as SealBroken,
)
from .application.sheets import (
    BadHeader as BadHeader,
    BadSheetRow as BadSheetRow,
    DuplicateImport as DuplicateImport,
    InvalidNumber as InvalidNumber,
    RowsRefused as RowsRefused,
    SheetFormat as SheetFormat,
    SheetMalformed as SheetMalformed,
    SheetRow as SheetRow,
    SheetTooLarge as SheetTooLarge,
)
from .application.shipping.answers import (
    RecordVoidAnswer as RecordVoidAnswer,
    RecordWaybillAnswer as RecordWaybillAnswer,
    SettleWaybill as SettleWaybill,
    record_void_answer as record_void_answer,
    record_waybill_answer as record_waybill_answer,
    settle_waybill as settle_waybill,
)
from .application.shipping.dispatcher import (
    TakeWaybillQuestions as TakeWaybillQuestions,
    next_waybill_question as next_waybill_question,
    read_pool as read_pool,
    read_waybill as read_waybill,
    take_waybill_questions as take_waybill_questions,
)
from .application.shipping.freight import (
    DefineFreightRule as DefineFreightRule,
    EditFreightRule as EditFreightRule,
    Freight as Freight,
    ListFreightRules as ListFreightRules,
    RetireFreightRule as RetireFreightRule,
    define_freight_rule as define_freight_rule,
    edit_freight_rule as edit_freight_rule,
    list_freight_rules as list_freight_rules,
    retire_freight_rule as retire_freight_rule,
    show_freight_rule as show_freight_rule,
)
from .application.shipping.pool import (
    EditPool as EditPool,
    OpenPool as OpenPool,
    RecordNumbers as RecordNumbers,
    RetirePool as RetirePool,
    edit_pool as edit_pool,
    list_pools as list_pools,
    open_pool as open_pool,
    record_numbers as record_numbers,
    retire_pool as retire_pool,
    show_pool as show_pool,
)
from .application.shipping.ports import (
    CarrierPush as CarrierPush,
    KeptEvent as KeptEvent,
    WaybillLabel as WaybillLabel,
)
from .application.shipping.pushes import (
    PushReceipt as PushReceipt,
    ReceivePush as ReceivePush,
    receive_carrier_push as receive_carrier_push,
)
from .application.shipping.queries import (
    ListWaybills as ListWaybills,
    list_waybill_events as list_waybill_events,
    list_waybills as list_waybills,
    show_label as show_label,
    show_waybill as show_waybill,
)
from .application.shipping.request import (
    RequestWaybill as RequestWaybill,
    request_waybill as request_waybill,
)
from .application.shipping.void import (
    VoidWaybill as VoidWaybill,
    void_waybill as void_waybill,
)
from .application.stations.flows import (
    TaskFlow as TaskFlow,
)
from .application.stations.port import (
    AtDesk as AtDesk,
)
from .application.stations.prints import (
    show_own_prints as show_own_prints,
)
from .application.stations.scans import (
    NoteRefused as NoteRefused,
    OpenTask as OpenTask,
    ScanAt as ScanAt,
    note_refused as note_refused,
    open_task as open_task,
    scan_at_station as scan_at_station,
)
from .application.tickets.begin import (
    Matter as Matter,
    OpenTicket as OpenTicket,
    open_ticket as open_ticket,
)
from .application.tickets.merge import (
    MergeTickets as MergeTickets,
    SplitTicket as SplitTicket,
    merge_tickets as merge_tickets,
    split_ticket as split_ticket,
)
from .application.tickets.ports import (
    TicketFilter as TicketFilter,
)
from .application.tickets.queries import (
    ListTickets as ListTickets,
    MessageView as MessageView,
    ReadThread as ReadThread,
    TicketView as TicketView,
    list_tickets as list_tickets,
    list_tickets_to_do as list_tickets_to_do,
    read_thread as read_thread,
    show_ticket as show_ticket,
)
from .application.tickets.reply import (
    Say as Say,
    note_on_ticket as note_on_ticket,
    reply_to_buyer as reply_to_buyer,
    take_buyer_reply as take_buyer_reply,
)
from .application.tickets.say import (
    Said as Said,
)
from .application.tickets.timers import (
    RunTickets as RunTickets,
    run_tickets as run_tickets,
)
from .application.tickets.work import (
    AssignTicket as AssignTicket,
    MoveTicket as MoveTicket,
    WaitForSomebody as WaitForSomebody,
    assign_ticket as assign_ticket,
    begin_ticket as begin_ticket,
    reopen_ticket as reopen_ticket,
    resolve_ticket as resolve_ticket,
    wait_on_ticket as wait_on_ticket,
)
from .application.timeline import (
    TimelineEntry as TimelineEntry,
)
from .application.warehouse.badge import (
    AtWork as AtWork,
)
from .application.warehouse.bin_ports import (
    BinWish as BinWish,
    MoveWish as MoveWish,
    WantedWish as WantedWish,
)
from .application.warehouse.bin_queries import (
    BinView as BinView,
    ListBinMoves as ListBinMoves,
    ListBins as ListBins,
    list_bin_moves as list_bin_moves,
    list_bins as list_bins,
    lots_of_sku as lots_of_sku,
    serials_of_bin as serials_of_bin,
    show_bin as show_bin,
    show_lot as show_lot,
)
from .application.warehouse.book_in import (
    BookIn as BookIn,
    book_in as book_in,
)
from .application.warehouse.carry_unit import (
    CarryUnit as CarryUnit,
    carry_unit as carry_unit,
)
from .application.warehouse.count_place import (
    CountOutcome as CountOutcome,
    CountPlace as CountPlace,
    count_place as count_place,
)
from .application.warehouse.import_layout import (
    ImportLayout as ImportLayout,
    import_layout as import_layout,
)
from .application.warehouse.layout_columns import (
    LayoutRow as LayoutRow,
)
from .application.warehouse.layout_file import (
    LayoutFile as LayoutFile,
    LayoutLines as LayoutLines,
    LayoutTaken as LayoutTaken,
    layout_lines as layout_lines,
)
from .application.warehouse.locations import (
    BlockLocation as BlockLocation,
    DefineLocation as DefineLocation,
    EditLocation as EditLocation,
    Properties as Properties,
    RestoreLocation as RestoreLocation,
    RetireLocation as RetireLocation,
    block_location as block_location,
    define_location as define_location,
    edit_location as edit_location,
    restore_location as restore_location,
    retire_location as retire_location,
)
from .application.warehouse.lots import (
    JudgeLot as JudgeLot,
    RegisterLot as RegisterLot,
    RegisterSerials as RegisterSerials,
    judge_lot as judge_lot,
    register_lot as register_lot,
    register_serials as register_serials,
)
from .application.warehouse.move_goods import (
    MoveGoods as MoveGoods,
    MoveLine as MoveLine,
    Moved as Moved,
    move_goods as move_goods,
)
from .application.warehouse.papers import (
    PrintCountSheet as PrintCountSheet,
    PrintPlaceLabels as PrintPlaceLabels,
    PrintProductLabels as PrintProductLabels,
    PrintUnitLabels as PrintUnitLabels,
    print_count_sheet as print_count_sheet,
    print_place_labels as print_place_labels,
    print_product_labels as print_product_labels,
    print_unit_labels as print_unit_labels,
)
from .application.warehouse.passage import (
    Leg as Leg,
)
from .application.warehouse.people import (
    Duties as Duties,
    EditStaff as EditStaff,
    EnrolStaff as EnrolStaff,
    SetPin as SetPin,
    StaffView as StaffView,
    edit_staff as edit_staff,
    enrol_staff as enrol_staff,
    list_staff as list_staff,
    set_pin as set_pin,
    show_staff as show_staff,
)
from .application.warehouse.pick import (
    Leaving as Leaving,
    Pick as Pick,
    PickWant as PickWant,
    Taking as Taking,
)
from .application.warehouse.ports import (
    Branch as Branch,
    LocationFilter as LocationFilter,
    StaffFilter as StaffFilter,
)
from .application.warehouse.queries import (
    BranchesOf as BranchesOf,
    ListLocations as ListLocations,
    ListStations as ListStations,
    ListUnits as ListUnits,
    list_locations as list_locations,
    list_stations as list_stations,
    list_units as list_units,
    location_branches as location_branches,
    show_location as show_location,
    show_station as show_station,
    show_unit as show_unit,
)
from .application.warehouse.racks import (
    Racks as Racks,
)
from .application.warehouse.resolve import (
    MatchKind as MatchKind,
    Scan as Scan,
    resolve as resolve,
)
from .application.warehouse.road import (
    Lost as Lost,
)
from .application.warehouse.serial_book import (
    SerialBook as SerialBook,
)
from .application.warehouse.shifts import (
    AtStation as AtStation,
    BadgeTry as BadgeTry,
    BeginShift as BeginShift,
    OwnWork as OwnWork,
    UnlockShift as UnlockShift,
    begin_shift as begin_shift,
    count_badge_try as count_badge_try,
    end_shift as end_shift,
    lock_shift as lock_shift,
    show_own_work as show_own_work,
    unlock_shift as unlock_shift,
)
from .application.warehouse.station_book_in import (
    BookInState as BookInState,
    CameIn as CameIn,
    InHand as InHand,
)
from .application.warehouse.station_count import (
    CountState as CountState,
)
from .application.warehouse.station_look import (
    LookState as LookState,
)
from .application.warehouse.station_move import (
    MoveState as MoveState,
)
from .application.warehouse.station_sight import (
    Lying as Lying,
    PlaceSeen as PlaceSeen,
    Scanned as Scanned,
    TxSight as TxSight,
    UnitSeen as UnitSeen,
    WantedSeen as WantedSeen,
)
from .application.warehouse.station_steps import (
    Step as Step,
    View as View,
)
from .application.warehouse.stations import (
    EditStation as EditStation,
    SetUpStation as SetUpStation,
    Setting as Setting,
    edit_station as edit_station,
    set_up_station as set_up_station,
)
from .application.warehouse.suspect import (
    DoubtBin as DoubtBin,
    clear_suspect as clear_suspect,
    mark_suspect as mark_suspect,
)
from .application.warehouse.units import (
    EditUnit as EditUnit,
    MakeUnit as MakeUnit,
    MoveUnit as MoveUnit,
    edit_unit as edit_unit,
    make_unit as make_unit,
    move_unit as move_unit,
)
from .application.warehouse.wanted_counts import (
    CountAsked as CountAsked,
    ListWantedCounts as ListWantedCounts,
    WantedCountView as WantedCountView,
    list_wanted_counts as list_wanted_counts,
    show_wanted_count as show_wanted_count,
)
from .application.webhooks.announce import (
    News as News,
    Topic as Topic,
)
from .application.webhooks.endpoints import (
    ChangeWebhookEndpoint as ChangeWebhookEndpoint,
    CreateWebhookEndpoint as CreateWebhookEndpoint,
    MoveWebhookEndpoint as MoveWebhookEndpoint,
    RotateWebhookSecret as RotateWebhookSecret,
    change_webhook_endpoint as change_webhook_endpoint,
    create_webhook_endpoint as create_webhook_endpoint,
    disable_webhook_endpoint as disable_webhook_endpoint,
    pause_webhook_endpoint as pause_webhook_endpoint,
    resume_webhook_endpoint as resume_webhook_endpoint,
    rotate_webhook_secret as rotate_webhook_secret,
)
from .application.webhooks.queries import (
    ListWebhookDeliveries as ListWebhookDeliveries,
    ListWebhookEndpoints as ListWebhookEndpoints,
    list_webhook_deliveries as list_webhook_deliveries,
    list_webhook_endpoints as list_webhook_endpoints,
    show_webhook_delivery as show_webhook_delivery,
    show_webhook_endpoint as show_webhook_endpoint,
)
from .application.webhooks.replay import (
    ReplayWebhooks as ReplayWebhooks,
    SendPartAgain as SendPartAgain,
    SendTestEvent as SendTestEvent,
    WalkPart as WalkPart,
    part_of_walk as part_of_walk,
    replay_webhook_delivery as replay_webhook_delivery,
    replay_webhooks as replay_webhooks,
    send_part_again as send_part_again,
    send_test_event as send_test_event,
)
from .application.webhooks.reseal import (
    ResealWebhooks as ResealWebhooks,
    list_sealed_webhooks as list_sealed_webhooks,
    reseal_webhooks as reseal_webhooks,
)
from .application.webhooks.secrets import (
    IssuedSecret as IssuedSecret,
)
from .application.webhooks.send import (
    ClaimWebhooks as ClaimWebhooks,
    ClaimedWebhook as ClaimedWebhook,
    GiveBackWebhooks as GiveBackWebhooks,
    RecordWebhook as RecordWebhook,
    claim_webhooks as claim_webhooks,
    give_back_webhooks as give_back_webhooks,
    next_webhook_due as next_webhook_due,
    record_webhook as record_webhook,
)
from .application.webhooks.view import (
    EndpointView as EndpointView,
    SecretTerm as SecretTerm,
)
from .application.who_saw import (
    ListDisclosures as ListDisclosures,
    list_disclosures as list_disclosures,
)
from .domain.access.account import (
    Account as Account,
    AccountState as AccountState,
    Assignment as Assignment,
)
from .domain.access.api_key import (
    ApiKey as ApiKey,
    ApiKeyState as ApiKeyState,
)
from .domain.access.lockout import (
    WaitRule as WaitRule,
)
from .domain.access.refusals import (
    AccountDisabled as AccountDisabled,
    AddressNotAllowed as AddressNotAllowed,
    CodeNeeded as CodeNeeded,
    CodesAlreadyOn as CodesAlreadyOn,
    CodesNotSetUp as CodesNotSetUp,
    LastAdministrator as LastAdministrator,
    LoginRefused as LoginRefused,
    NotHeld as NotHeld,
    PasswordChangeNeeded as PasswordChangeNeeded,
    TooManyTries as TooManyTries,
    WeakPassword as WeakPassword,
    WrongCode as WrongCode,
    WrongPassword as WrongPassword,
)
from .domain.access.role import (
    Role as Role,
    RoleState as RoleState,
)
from .domain.access.session import (
    Session as Session,
)
from .domain.access.totp import (
    Totp as Totp,
)
from .domain.act import (
    Act as Act,
    Origin as Origin,
)
from .domain.aftersales.claim import (
    Claim as Claim,
    ClaimLine as ClaimLine,
    Disposition as Disposition,
    Grade as Grade,
    Inspection as Inspection,
)
from .domain.aftersales.events import (
    ClaimMoved as ClaimMoved,
)
from .domain.aftersales.gifts import (
    GiftDue as GiftDue,
)
from .domain.aftersales.given_back import (
    GivenBack as GivenBack,
    GivenBackEntry as GivenBackEntry,
    LineStanding as LineStanding,
)
from .domain.aftersales.policy import (
    AftersalesPolicy as AftersalesPolicy,
)
from .domain.aftersales.quote import (
    Wish as Wish,
    WishLine as WishLine,
)
from .domain.aftersales.reason import (
    Fault as Fault,
)
from .domain.aftersales.refusals import (
    BundleGoesWhole as BundleGoesWhole,
    ClaimNotDue as ClaimNotDue,
    ClaimWaits as ClaimWaits,
    DecisionDiffers as DecisionDiffers,
    MoreThanCame as MoreThanCame,
    MoreThanKept as MoreThanKept,
    MoreThanLeft as MoreThanLeft,
    NoReturnLabel as NoReturnLabel,
    NoSuchLine as NoSuchLine,
    NotEligible as NotEligible,
    ScanThePlace as ScanThePlace,
)
from .domain.aftersales.return_parcel import (
    FoundGoods as FoundGoods,
    ReturnParcel as ReturnParcel,
)
from .domain.aftersales.state import (
    ClaimKind as ClaimKind,
    ClaimState as ClaimState,
    Wait as Wait,
)
from .domain.authority import (
    Authority as Authority,
    Decision as Decision,
    Dimension as Dimension,
    Grant as Grant,
    Scope as Scope,
)
from .domain.catalog.barcode import (
    Barcode as Barcode,
    BarcodeKind as BarcodeKind,
)
from .domain.catalog.binding import (
    BarcodeUse as BarcodeUse,
    Binding as Binding,
)
from .domain.catalog.brand import (
    Brand as Brand,
)
from .domain.catalog.category import (
    Attribute as Attribute,
    AttributeKind as AttributeKind,
    Category as Category,
)
from .domain.catalog.channel import (
    Channel as Channel,
    ChannelKind as ChannelKind,
    ChannelRules as ChannelRules,
)
from .domain.catalog.events import (
    ListingArchived as ListingArchived,
    ListingEvent as ListingEvent,
    ListingPaused as ListingPaused,
    ListingPushed as ListingPushed,
    ListingWentLive as ListingWentLive,
)
from .domain.catalog.listing import (
    Change as Change,
    ListedSku as ListedSku,
    ListedState as ListedState,
    Listing as Listing,
    ListingState as ListingState,
    Outcome as Outcome,
    PauseCause as PauseCause,
    Verdict as Verdict,
)
from .domain.catalog.product import (
    Option as Option,
    Product as Product,
    Source as Source,
)
from .domain.catalog.refusals import (
    AttributeClash as AttributeClash,
    BadBundle as BadBundle,
    BarcodeTaken as BarcodeTaken,
    CategoryCycle as CategoryCycle,
    CategoryTooDeep as CategoryTooDeep,
    ChangePending as ChangePending,
    MerchantNotSelling as MerchantNotSelling,
    NotOnSale as NotOnSale,
    NotReady as NotReady,
    ReasonNeeded as ReasonNeeded,
    StillHeldBack as StillHeldBack,
    StillInUse as StillInUse,
    VariantTaken as VariantTaken,
)
from .domain.catalog.sku import (
    Component as Component,
    ReturnPolicy as ReturnPolicy,
    Sku as Sku,
)
from .domain.catalog.standing import (
    Standing as Standing,
)
from .domain.customers.customer import (
    Address as Address,
    Customer as Customer,
    CustomerState as CustomerState,
)
from .domain.customers.events import (
    CustomerErased as CustomerErased,
)
from .domain.ids import (
    AccountId as AccountId,
    AdjustmentId as AdjustmentId,
    ApiKeyId as ApiKeyId,
    BoxId as BoxId,
    BrandId as BrandId,
    CampaignId as CampaignId,
    CaseId as CaseId,
    CategoryId as CategoryId,
    ChannelId as ChannelId,
    ClaimId as ClaimId,
    CouponId as CouponId,
    CouponTemplateId as CouponTemplateId,
    CustomerId as CustomerId,
    GoodsIssueId as GoodsIssueId,
    HandlingUnitId as HandlingUnitId,
    HoldId as HoldId,
    JointShareId as JointShareId,
    JournalId as JournalId,
    ListingId as ListingId,
    LocationId as LocationId,
    ManifestId as ManifestId,
    MerchantId as MerchantId,
    MessageId as MessageId,
    MovementId as MovementId,
    OrderId as OrderId,
    OutboundId as OutboundId,
    ParcelId as ParcelId,
    PaymentId as PaymentId,
    PickRunId as PickRunId,
    PoolId as PoolId,
    PriceListId as PriceListId,
    PrintJobId as PrintJobId,
    PrintTemplateId as PrintTemplateId,
    PrinterId as PrinterId,
    ProductId as ProductId,
    PromotionId as PromotionId,
    RefundId as RefundId,
    ReservationId as ReservationId,
    ReturnParcelId as ReturnParcelId,
    RoleId as RoleId,
    SessionId as SessionId,
    SkuId as SkuId,
    StaffId as StaffId,
    StationId as StationId,
    StationWorkId as StationWorkId,
    TicketId as TicketId,
    TransferId as TransferId,
    WantedCountId as WantedCountId,
    WarehouseId as WarehouseId,
    WaveId as WaveId,
    WaveTemplateId as WaveTemplateId,
    WaybillId as WaybillId,
    WebhookDeliveryId as WebhookDeliveryId,
    WebhookEndpointId as WebhookEndpointId,
    derive as derive,
    new_id as new_id,
)
from .domain.inventory.adjustment import (
    AdjustmentLine as AdjustmentLine,
    AdjustmentState as AdjustmentState,
    OpeningReceipt as OpeningReceipt,
    ReceiptLine as ReceiptLine,
)
from .domain.inventory.allocation import (
    Reach as Reach,
)
from .domain.inventory.events import (
    AvailabilityChanged as AvailabilityChanged,
    OversellRecorded as OversellRecorded,
    OversellSettled as OversellSettled,
    StockAdjusted as StockAdjusted,
    StockOpened as StockOpened,
)
from .domain.inventory.movement import (
    Movement as Movement,
)
from .domain.inventory.oversell import (
    Consumption as Consumption,
    Oversell as Oversell,
    OversellCause as OversellCause,
    OversellState as OversellState,
    RootCause as RootCause,
)
from .domain.inventory.publishing import (
    AtZero as AtZero,
    Figure as Figure,
    PausedBy as PausedBy,
    Publication as Publication,
    PublishPolicy as PublishPolicy,
    Published as Published,
    Unimported as Unimported,
)
from .domain.inventory.refusals import (
    CostNeeded as CostNeeded,
    FenceTooWide as FenceTooWide,
    FrozenTooMuch as FrozenTooMuch,
    HoldCapReached as HoldCapReached,
    NotEnoughOnHand as NotEnoughOnHand,
    NotOurGoods as NotOurGoods,
    NotReserved as NotReserved,
    NotStocked as NotStocked,
    OutOfStock as OutOfStock,
    Shortage as Shortage,
    WarehouseClosed as WarehouseClosed,
    WouldUndercut as WouldUndercut,
)
from .domain.inventory.reservation import (
    Allotment as Allotment,
    Fence as Fence,
    HeldLine as HeldLine,
    Hold as Hold,
    HoldState as HoldState,
    Holder as Holder,
    Reservation as Reservation,
    ReservationState as ReservationState,
    Want as Want,
)
from .domain.inventory.stock import (
    Stock as Stock,
    StockState as StockState,
)
from .domain.inventory.warehouse import (
    ChannelWarehouses as ChannelWarehouses,
    HoldRule as HoldRule,
    Warehouse as Warehouse,
    WarehouseState as WarehouseState,
)
from .domain.ledger.account import (
    AccountCode as AccountCode,
    AccountKey as AccountKey,
    AccountKind as AccountKind,
)
from .domain.ledger.journal import (
    Entry as Entry,
    Journal as Journal,
)
from .domain.ledger.period import (
    Period as Period,
    PeriodState as PeriodState,
)
from .domain.ledger.refusals import (
    AlreadyReversed as AlreadyReversed,
    DocumentOwnsJournal as DocumentOwnsJournal,
    EarlierPeriodOpen as EarlierPeriodOpen,
    ExchangeMissing as ExchangeMissing,
    JournalDiffers as JournalDiffers,
    LaterPeriodClosed as LaterPeriodClosed,
    PeriodClosed as PeriodClosed,
    PeriodNotOver as PeriodNotOver,
    ReversalStands as ReversalStands,
    Unbalanced as Unbalanced,
)
from .domain.merchants.commission import (
    CommissionRate as CommissionRate,
)
from .domain.merchants.events import (
    MerchantMoved as MerchantMoved,
)
from .domain.merchants.merchant import (
    Merchant as Merchant,
    MerchantState as MerchantState,
)
from .domain.money import (
    Money as Money,
    allocate as allocate,
)
from .domain.orders.events import (
    GiftOwed as GiftOwed,
    OrderCancelled as OrderCancelled,
    OrderCompleted as OrderCompleted,
    OrderConfirmed as OrderConfirmed,
    OrderEvent as OrderEvent,
    OrderExpired as OrderExpired,
    OrderPaid as OrderPaid,
    OrderPlaced as OrderPlaced,
    OrderRefunded as OrderRefunded,
    OrderShipped as OrderShipped,
    OrderStopped as OrderStopped,
)
from .domain.orders.hold import (
    Finding as Finding,
)
from .domain.orders.importing import (
    ChannelDiscount as ChannelDiscount,
    ChannelLine as ChannelLine,
    ChannelPayment as ChannelPayment,
    Known as Known,
    Laid as Laid,
)
from .domain.orders.line import (
    CitedCommission as CitedCommission,
    DiscountRow as DiscountRow,
    DiscountSource as DiscountSource,
    GiftLink as GiftLink,
    OrderLine as OrderLine,
)
from .domain.orders.order import (
    FrozenPromotion as FrozenPromotion,
    Order as Order,
)
from .domain.orders.policy import (
    AuditPolicy as AuditPolicy,
)
from .domain.orders.refusals import (
    GoesWithOthers as GoesWithOthers,
    ImportDiffers as ImportDiffers,
    ListingNeeded as ListingNeeded,
    NotDueYet as NotDueYet,
    NotOnHold as NotOnHold,
    NothingToPay as NothingToPay,
    StillClaimed as StillClaimed,
    StillShort as StillShort,
    StillUnmatched as StillUnmatched,
    TendersDiffer as TendersDiffer,
)
from .domain.orders.shipping import (
    Earned as Earned,
    UnitsOut as UnitsOut,
)
from .domain.orders.state import (
    OrderState as OrderState,
)
from .domain.orders.tender import (
    OrderTender as OrderTender,
    TenderState as TenderState,
    TenderWish as TenderWish,
)
from .domain.outbound.cartonise import (
    PackedBox as PackedBox,
    PackingProposal as PackingProposal,
    Placement as Placement,
)
from .domain.outbound.checking import (
    AlreadyChecked as AlreadyChecked,
    CheckLine as CheckLine,
    CheckedPiece as CheckedPiece,
    Checking as Checking,
    FastLane as FastLane,
    LaneOrder as LaneOrder,
    NoOrderWants as NoOrderWants,
    NotInOrder as NotInOrder,
    NotThisSerial as NotThisSerial,
    OverQuantity as OverQuantity,
    SerialToScan as SerialToScan,
)
from .domain.outbound.cut_off import (
    CutOff as CutOff,
)
from .domain.outbound.events import (
    CountWanted as CountWanted,
    GoodsOut as GoodsOut,
    ManifestClosed as ManifestClosed,
    OutboundCancelled as OutboundCancelled,
    OutboundDelivered as OutboundDelivered,
    OutboundEvent as OutboundEvent,
    OutboundIntercepted as OutboundIntercepted,
    OutboundReturning as OutboundReturning,
    OutboundShipped as OutboundShipped,
    OutboundShort as OutboundShort,
    ShortSettled as ShortSettled,
)
from .domain.outbound.goods_issue import (
    GoodsIssue as GoodsIssue,
    IssueReason as IssueReason,
    IssueState as IssueState,
)
from .domain.outbound.interception import (
    Undoing as Undoing,
)
from .domain.outbound.joint import (
    JointShare as JointShare,
)
from .domain.outbound.line import (
    OutboundLine as OutboundLine,
)
from .domain.outbound.manifest import (
    Manifest as Manifest,
    ManifestEntry as ManifestEntry,
    ManifestState as ManifestState,
)
from .domain.outbound.order import (
    OutboundOrder as OutboundOrder,
)
from .domain.outbound.paths import (
    PickPath as PickPath,
    Stop as Stop,
    WalkMethod as WalkMethod,
)
from .domain.outbound.picking import (
    CountWish as CountWish,
    PickShare as PickShare,
    PickStep as PickStep,
    PickedUnits as PickedUnits,
    Picking as Picking,
)
from .domain.outbound.planning import (
    BasketShape as BasketShape,
    LeftOrder as LeftOrder,
    LeftReason as LeftReason,
    PlanItem as PlanItem,
    PlanOrder as PlanOrder,
    PlannedWave as PlannedWave,
    WaveCapacity as WaveCapacity,
    WaveFilter as WaveFilter,
    WavePlan as WavePlan,
    WaveTemplate as WaveTemplate,
)
from .domain.outbound.refusals import (
    CannotRoute as CannotRoute,
    ChoiceNeeded as ChoiceNeeded,
    Intercepted as Intercepted,
    MustReturn as MustReturn,
    NotMergeable as NotMergeable,
    NotSplittable as NotSplittable,
    NotWeighed as NotWeighed,
    OnManifest as OnManifest,
    OtherWaybill as OtherWaybill,
    ParcelsDiffer as ParcelsDiffer,
    SkillNeeded as SkillNeeded,
    StepTooEarly as StepTooEarly,
    TooMany as TooMany,
    WrongCarrier as WrongCarrier,
)
from .domain.outbound.routing import (
    LostRoute as LostRoute,
    Route as Route,
    RouteChoice as RouteChoice,
    RouteLine as RouteLine,
    RoutePart as RoutePart,
    RouteRule as RouteRule,
    Site as Site,
)
from .domain.outbound.short_pick import (
    BinFacts as BinFacts,
    ShortChoice as ShortChoice,
    ShortException as ShortException,
    ShortPick as ShortPick,
)
from .domain.outbound.sorting import (
    NoOpenSlot as NoOpenSlot,
    Sorting as Sorting,
    WallSlot as WallSlot,
    WallWish as WallWish,
)
from .domain.outbound.splitting import (
    MergeCandidate as MergeCandidate,
    MoneyLine as MoneyLine,
    MoneyTotals as MoneyTotals,
    SealedPart as SealedPart,
)
from .domain.outbound.state import (
    OutboundKind as OutboundKind,
    OutboundState as OutboundState,
)
from .domain.outbound.transfer import (
    Gap as Gap,
    GapReason as GapReason,
    RoadChoice as RoadChoice,
    Transfer as Transfer,
    TransferLine as TransferLine,
    TransferMove as TransferMove,
    TransferPlace as TransferPlace,
    TransferState as TransferState,
)
from .domain.outbound.wave import (
    PickMethod as PickMethod,
    Wave as Wave,
    WaveSlot as WaveSlot,
    WaveState as WaveState,
)
from .domain.outbound.weighing import (
    CategoryTolerance as CategoryTolerance,
    ExpectedWeight as ExpectedWeight,
    LearntWeight as LearntWeight,
    WeighTolerance as WeighTolerance,
    WeighVerdict as WeighVerdict,
    Weighed as Weighed,
)
from .domain.outbound.work import (
    BenchCheck as BenchCheck,
    DispatchSettings as DispatchSettings,
    PackBox as PackBox,
    PickRow as PickRow,
    PickRun as PickRun,
    SkuWeight as SkuWeight,
    StoredTemplate as StoredTemplate,
    WallSort as WallSort,
    WaveLane as WaveLane,
)
from .domain.payments.answer import (
    GatewayAnswer as GatewayAnswer,
)
from .domain.payments.bill import (
    Bill as Bill,
    BillKind as BillKind,
    BillLine as BillLine,
)
from .domain.payments.case import (
    Case as Case,
    CaseKind as CaseKind,
    CaseState as CaseState,
    Playbook as Playbook,
)
from .domain.payments.events import (
    ExcessCaptured as ExcessCaptured,
    PaymentCaptured as PaymentCaptured,
    PaymentFailed as PaymentFailed,
    RefundFailed as RefundFailed,
    RefundSucceeded as RefundSucceeded,
)
from .domain.payments.notice import (
    Notice as Notice,
    NoticeKind as NoticeKind,
    ProviderEvent as ProviderEvent,
)
from .domain.payments.payment import (
    Capture as Capture,
    Payment as Payment,
    PaymentState as PaymentState,
    Tender as Tender,
)
from .domain.payments.refund import (
    Refund as Refund,
    RefundState as RefundState,
)
from .domain.payments.refusals import (
    NoticeMalformed as NoticeMalformed,
    NoticeNotGenuine as NoticeNotGenuine,
    PaymentDiffers as PaymentDiffers,
    RefundDiffers as RefundDiffers,
    RefundOverPayment as RefundOverPayment,
    RefundOverRest as RefundOverRest,
)
from .domain.points.account import (
    PointsAccount as PointsAccount,
    PointsEntry as PointsEntry,
    PointsLot as PointsLot,
    PointsMove as PointsMove,
    PointsPayment as PointsPayment,
    PointsTaken as PointsTaken,
)
from .domain.points.adjustment import (
    PointsAdjustment as PointsAdjustment,
    PointsAdjustmentState as PointsAdjustmentState,
)
from .domain.points.book import (
    PointsBook as PointsBook,
    PointsCause as PointsCause,
)
from .domain.points.policy import (
    PointsPolicy as PointsPolicy,
    ShortBalance as ShortBalance,
)
from .domain.points.refusals import (
    NoPointsHere as NoPointsHere,
    PointValueFixed as PointValueFixed,
    PointsNeedCustomer as PointsNeedCustomer,
    PointsOverShare as PointsOverShare,
    PointsShort as PointsShort,
)
from .domain.pricing.basket import (
    Adjustment as Adjustment,
    Basket as Basket,
    BasketLine as BasketLine,
)
from .domain.pricing.bearers import (
    BearerSplit as BearerSplit,
    Borne as Borne,
)
from .domain.pricing.book import (
    Allowance as Allowance,
    HeldCoupon as HeldCoupon,
    PriceBook as PriceBook,
)
from .domain.pricing.campaigns import (
    Budget as Budget,
    BudgetEntry as BudgetEntry,
    BudgetMove as BudgetMove,
    Campaign as Campaign,
)
from .domain.pricing.coupons import (
    Coupon as Coupon,
    CouponState as CouponState,
    CouponTemplate as CouponTemplate,
    FixedValue as FixedValue,
    IssueCount as IssueCount,
    PercentValue as PercentValue,
    Redemption as Redemption,
    RedemptionState as RedemptionState,
)
from .domain.pricing.prices import (
    Price as Price,
    PriceChange as PriceChange,
    PriceSheet as PriceSheet,
    SheetState as SheetState,
    UnitPrice as UnitPrice,
)
from .domain.pricing.promotions import (
    AmountOff as AmountOff,
    BuyAndGet as BuyAndGet,
    FixedPrice as FixedPrice,
    GiftReturn as GiftReturn,
    PayForFewer as PayForFewer,
    PercentOff as PercentOff,
    Promotion as Promotion,
    SpendAndSave as SpendAndSave,
    Tier as Tier,
)
from .domain.pricing.quote import (
    Applied as Applied,
    Discount as Discount,
    Gift as Gift,
    NotApplied as NotApplied,
    QuoteLine as QuoteLine,
    TraceStep as TraceStep,
)
from .domain.pricing.refusals import (
    BudgetSpent as BudgetSpent,
    CouponNotApplicable as CouponNotApplicable,
    CouponNotValidNow as CouponNotValidNow,
    CouponSpent as CouponSpent,
    CouponThresholdNotMet as CouponThresholdNotMet,
    CouponsDoNotStack as CouponsDoNotStack,
    CustomerLimitReached as CustomerLimitReached,
    GiftNotForSale as GiftNotForSale,
    NotPriced as NotPriced,
    OnlyGifts as OnlyGifts,
    PriceBelowFloor as PriceBelowFloor,
    PriceChanged as PriceChanged,
    QuotaSpent as QuotaSpent,
    TemplateFixed as TemplateFixed,
    TemplateNotOpen as TemplateNotOpen,
)
from .domain.pricing.scope import (
    GoodsScope as GoodsScope,
    Item as Item,
)
from .domain.pricing.told import (
    ToldPrice as ToldPrice,
)
from .domain.pricing.units import (
    KeptLine as KeptLine,
)
from .domain.pricing.worksheet import (
    BundleLines as BundleLines,
    WorkLine as WorkLine,
    Worksheet as Worksheet,
)
from .domain.printing.code128 import (
    BarcodeTooWide as BarcodeTooWide,
    Code128 as Code128,
)
from .domain.printing.documents import (
    Arrow as Arrow,
    CloudDocument as CloudDocument,
    Company as Company,
    CountLine as CountLine,
    CountSheet as CountSheet,
    DocumentKind as DocumentKind,
    ExpressWaybill as ExpressWaybill,
    GoodsLine as GoodsLine,
    HandlingUnitLabel as HandlingUnitLabel,
    HandoverManifest as HandoverManifest,
    Invoice as Invoice,
    InvoiceLine as InvoiceLine,
    LocationLabel as LocationLabel,
    OutboundSheet as OutboundSheet,
    ParcelLine as ParcelLine,
    PickList as PickList,
    ProductLabel as ProductLabel,
    SummarySheet as SummarySheet,
    TransferSheet as TransferSheet,
)
from .domain.printing.events import (
    PrintSeenTo as PrintSeenTo,
    PrintStuck as PrintStuck,
)
from .domain.printing.job import (
    JobState as JobState,
    PrintJob as PrintJob,
)
from .domain.printing.layout import (
    Edition as Edition,
    Layout as Layout,
    Template as Template,
)
from .domain.printing.page import (
    Align as Align,
    Bars as Bars,
    Qr as Qr,
    Shape as Shape,
    Text as Text,
)
from .domain.printing.parties import (
    Party as Party,
)
from .domain.printing.printer import (
    Printer as Printer,
    PrinterConfiguration as PrinterConfiguration,
    PrinterLanguage as PrinterLanguage,
    PrinterState as PrinterState,
    Transport as Transport,
)
from .domain.printing.refusals import (
    FontMissing as FontMissing,
    NotPrintedYet as NotPrintedYet,
    PageNotThere as PageNotThere,
    PrintedBefore as PrintedBefore,
    PrinterCannot as PrinterCannot,
    RendererMissing as RendererMissing,
    TemplateOfAnotherKind as TemplateOfAnotherKind,
)
from .domain.refusal import (
    AlreadyExists as AlreadyExists,
    Busy as Busy,
    CurrencyMismatch as CurrencyMismatch,
    Forbidden as Forbidden,
    IllegalMove as IllegalMove,
    InvalidValue as InvalidValue,
    KeyReused as KeyReused,
    NotFound as NotFound,
    OutcomeUnknown as OutcomeUnknown,
    Refusal as Refusal,
    Unauthenticated as Unauthenticated,
    VersionConflict as VersionConflict,
)
from .domain.rewards.grant import (
    GrantState as GrantState,
    OrderGrant as OrderGrant,
)
from .domain.rewards.rule import (
    RewardRule as RewardRule,
    RewardRuleState as RewardRuleState,
    Usable as Usable,
    WhenUsed as WhenUsed,
)
from .domain.rewards.withdrawal import (
    CouponFate as CouponFate,
    GrantStanding as GrantStanding,
    Granted as Granted,
    Withdrawal as Withdrawal,
)
from .domain.shipping.answer import (
    CarrierAnswer as CarrierAnswer,
    VoidAnswer as VoidAnswer,
)
from .domain.shipping.events import (
    ParcelDelivered as ParcelDelivered,
    ParcelReturning as ParcelReturning,
    PoolFilled as PoolFilled,
    PoolRefused as PoolRefused,
    PoolRunsLow as PoolRunsLow,
    WaybillBound as WaybillBound,
    WaybillOverdue as WaybillOverdue,
    WaybillRefused as WaybillRefused,
    WaybillVoided as WaybillVoided,
)
from .domain.shipping.freight import (
    FreightLine as FreightLine,
    FreightRule as FreightRule,
    FreightState as FreightState,
    FreightTerms as FreightTerms,
    NotDelivered as NotDelivered,
)
from .domain.shipping.label_mask import (
    Masked as Masked,
)
from .domain.shipping.parcel import (
    Contact as Contact,
    Label as Label,
    LabelFormat as LabelFormat,
    PaidBy as PaidBy,
    Shipment as Shipment,
)
from .domain.shipping.pool import (
    Pool as Pool,
    PoolNumber as PoolNumber,
    PoolTerms as PoolTerms,
)
from .domain.shipping.refusals import (
    NoCarrierLeft as NoCarrierLeft,
    NumberTaken as NumberTaken,
    ParcelHasWaybill as ParcelHasWaybill,
    PushMalformed as PushMalformed,
    PushNotGenuine as PushNotGenuine,
    WaybillDiffers as WaybillDiffers,
)
from .domain.shipping.tracking import (
    TrackEvent as TrackEvent,
    TrackState as TrackState,
)
from .domain.shipping.waybill import (
    Waybill as Waybill,
    WaybillState as WaybillState,
)
from .domain.tickets.merging import (
    Merged as Merged,
)
from .domain.tickets.message import (
    Author as Author,
)
from .domain.tickets.refusals import (
    GraceOver as GraceOver,
    MergedIntoItself as MergedIntoItself,
    NotOfThread as NotOfThread,
    OtherParties as OtherParties,
    TicketTooLong as TicketTooLong,
)
from .domain.tickets.state import (
    TicketState as TicketState,
)
from .domain.tickets.ticket import (
    Ticket as Ticket,
)
from .domain.warehouse.bin_refusals import (
    AllBinsPromised as AllBinsPromised,
    BinsShort as BinsShort,
    CannotPlace as CannotPlace,
    CannotTake as CannotTake,
    NotAllocated as NotAllocated,
    NotInBin as NotInBin,
    SerialElsewhere as SerialElsewhere,
    SerialTaken as SerialTaken,
    SerialsNeeded as SerialsNeeded,
)
from .domain.warehouse.bins import (
    Bin as Bin,
    BinHead as BinHead,
    BinKey as BinKey,
    BinMove as BinMove,
    MoveCause as MoveCause,
    MoveReason as MoveReason,
)
from .domain.warehouse.codes import (
    Command as Command,
    Prefix as Prefix,
)
from .domain.warehouse.gs1 import (
    BrokenGs1 as BrokenGs1,
    Gs1 as Gs1,
)
from .domain.warehouse.handling_unit import (
    HandlingUnit as HandlingUnit,
    UnitKind as UnitKind,
    UnitState as UnitState,
)
from .domain.warehouse.location import (
    AbcClass as AbcClass,
    Activity as Activity,
    Block as Block,
    Capacity as Capacity,
    Location as Location,
    LocationKind as LocationKind,
    MixPolicy as MixPolicy,
    Side as Side,
    Standard as Standard,
    Walk as Walk,
)
from .domain.warehouse.lots import (
    Lot as Lot,
    LotState as LotState,
    Serial as Serial,
    SerialState as SerialState,
)
from .domain.warehouse.placing import (
    Present as Present,
)
from .domain.warehouse.refusals import (
    BadgeRefused as BadgeRefused,
    DoesNotHold as DoesNotHold,
    FlowNotAllowed as FlowNotAllowed,
    NoShift as NoShift,
    NotEmpty as NotEmpty,
    PlaceClosed as PlaceClosed,
    StandardPlace as StandardPlace,
    StationLocked as StationLocked,
)
from .domain.warehouse.removal import (
    Candidate as Candidate,
    Drawn as Drawn,
    Removal as Removal,
)
from .domain.warehouse.reply import (
    MessageLevel as MessageLevel,
    Phrase as Phrase,
    Reply as Reply,
    Sound as Sound,
    StationMessage as StationMessage,
)
from .domain.warehouse.scale import (
    UnsteadyScale as UnsteadyScale,
)
from .domain.warehouse.scan import (
    AmbiguousScan as AmbiguousScan,
    BarcodeNotFound as BarcodeNotFound,
    Confirming as Confirming,
    Finer as Finer,
    ScanKind as ScanKind,
    ScannedCode as ScannedCode,
    UnreadableScan as UnreadableScan,
    WrongRecord as WrongRecord,
)
from .domain.warehouse.shift import (
    Shift as Shift,
)
from .domain.warehouse.staff import (
    Staff as Staff,
)
from .domain.warehouse.station import (
    Flow as Flow,
    Station as Station,
)
from .domain.warehouse.wanted_count import (
    CountReason as CountReason,
    WantedCount as WantedCount,
    WantedState as WantedState,
)
from .domain.warehouse.work import (
    NoSuchChoice as NoSuchChoice,
    NotCountable as NotCountable,
    NothingThere as NothingThere,
    SamePiece as SamePiece,
    ScanReused as ScanReused,
    StaleScan as StaleScan,
    StationPrints as StationPrints,
    StationScreen as StationScreen,
    StationWork as StationWork,
    Task as Task,
    TooManyPieces as TooManyPieces,
)
from .domain.webhooks.address import (
    UrlRules as UrlRules,
)
from .domain.webhooks.delivery import (
    Attempt as Attempt,
    DeliveryState as DeliveryState,
    Heard as Heard,
    WebhookDelivery as WebhookDelivery,
)
from .domain.webhooks.endpoint import (
    EndpointHealth as EndpointHealth,
    EndpointState as EndpointState,
    SigningSecret as SigningSecret,
    WebhookEndpoint as WebhookEndpoint,
)
from .domain.webhooks.event_type import (
    EventType as EventType,
)
from .domain.webhooks.refusals import (
    EndpointNotActive as EndpointNotActive,
    TooManyEndpoints as TooManyEndpoints,
    TooManySecrets as TooManySecrets,
)
from .entrypoints.library import (
    open_office as open_office,
)
