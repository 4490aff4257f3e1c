/**
 * The services that `aws-sdk` resources can name. Each stands here by the name of its client in the
 * SDK for Java, which begins its errors (`CloudWatchLogs.ResourceNotFoundException`); in lower case
 * it is the service of the resource. Source: Step Functions developer guide, "Supported AWS SDK
 * service integrations", and the names that the clients of newer services have by the same rule.
 */

const CLIENTS = `
  AccessAnalyzer Account Acm AcmPca AiOps AlexaForBusiness Amp Amplify AmplifyBackend
  AmplifyUiBuilder ApiGateway ApiGatewayManagementApi ApiGatewayV2 AppConfig AppConfigData
  AppFabric Appflow AppIntegrations ApplicationAutoScaling ApplicationCostProfiler
  ApplicationDiscovery ApplicationInsights ApplicationSignals AppMesh AppRunner AppStream
  AppSync ArcRegionSwitch ArcZonalShift Artifact Athena AuditManager AutoScaling
  AutoScalingPlans B2Bi Backup BackupGateway BackupSearch Batch BcmDashboards BcmDataExports
  BcmPricingCalculator BcmRecommendedActions Bedrock BedrockAgent BedrockAgentCore
  BedrockAgentCoreControl BedrockAgentRuntime BedrockDataAutomation BedrockDataAutomationRuntime
  BedrockRuntime Billing Billingconductor Braket Budgets Chatbot Chime ChimeSdkIdentity
  ChimeSdkMediaPipelines ChimeSdkMeetings ChimeSdkMessaging ChimeSdkVoice CleanRooms
  CleanRoomsMl Cloud9 CloudControl CloudDirectory CloudFormation CloudFront
  CloudFrontKeyValueStore CloudHsm CloudHsmV2 CloudSearch CloudSearchDomain CloudTrail
  CloudTrailData CloudWatch CloudWatchLogs Codeartifact CodeBuild CodeCatalyst CodeCommit
  CodeConnections CodeDeploy CodeGuruProfiler CodeGuruReviewer CodeGuruSecurity CodePipeline
  CodeStar CodeStarConnections CodestarNotifications CognitoIdentity CognitoIdentityProvider
  CognitoSync Comprehend ComprehendMedical ComputeOptimizer ComputeOptimizerAutomation Config
  Connect ConnectCampaigns ConnectCampaignsV2 ConnectCases ConnectContactLens ConnectHealth
  ConnectParticipant ControlCatalog ControlTower CostAndUsageReport CostExplorer
  CostOptimizationHub CustomerProfiles DatabaseMigration DataBrew DataExchange DataPipeline
  DataSync DataZone Dax Deadline Detective DeviceFarm DevOpsAgent DevOpsGuru DirectConnect
  Directory DirectoryServiceData Dlm DocDb DocDbElastic Drs Dsql DynamoDb DynamoDbStreams Ebs
  Ec2 Ec2InstanceConnect Ecr EcrPublic Ecs Efs Eks EksAuth ElastiCache ElasticBeanstalk
  ElasticInference ElasticLoadBalancing ElasticLoadBalancingV2 Elasticsearch ElasticTranscoder
  ElementalInference Emr EmrContainers EmrServerless EntityResolution EventBridge Evidently Evs
  Finspace FinspaceData Firehose Fis Fms Forecast Forecastquery FraudDetector FreeTier FSx
  GameLift GameLiftStreams GeoMaps GeoPlaces GeoRoutes Glacier GlobalAccelerator Glue Grafana
  Greengrass GreengrassV2 GroundStation GuardDuty Health HealthLake Honeycode Iam Identitystore
  Imagebuilder ImportExport Inspector Inspector2 InspectorScan Interconnect InternetMonitor
  Invoicing Iot Iot1ClickDevices Iot1ClickProjects IoTAnalytics IotDataPlane IotDeviceAdvisor
  IotEvents IotEventsData IoTFleetHub IoTFleetWise IotJobsDataPlane IoTManagedIntegrations
  IoTSecureTunneling IoTSiteWise IoTThingsGraph IoTTwinMaker IotWireless Ivs Ivschat IvsRealTime
  Kafka KafkaConnect Kendra KendraRanking Keyspaces KeyspacesStreams Kinesis KinesisAnalytics
  KinesisAnalyticsV2 KinesisVideo KinesisVideoArchivedMedia KinesisVideoMedia
  KinesisVideoSignaling KinesisVideoWebRtcStorage Kms LakeFormation Lambda LaunchWizard
  LexModelBuilding LexModelsV2 LexRuntime LexRuntimeV2 LicenseManager
  LicenseManagerLinuxSubscriptions LicenseManagerUserSubscriptions Lightsail Location
  LookoutEquipment LookoutMetrics LookoutVision M2 MachineLearning Macie Macie2 MailManager
  ManagedBlockchain ManagedBlockchainQuery MarketplaceAgreement MarketplaceCatalog
  MarketplaceCommerceAnalytics MarketplaceDeployment MarketplaceDiscovery MarketplaceEntitlement
  MarketplaceMetering MarketplaceReporting MediaConnect MediaConvert MediaLive MediaPackage
  MediaPackageV2 MediaPackageVod MediaStore MediaStoreData MediaTailor MedicalImaging MemoryDB
  Mgn MigrationHub MigrationHubConfig MigrationHubOrchestrator MigrationHubRefactorSpaces
  MigrationHubStrategy Mobile Mpa Mq MTurk Mwaa MwaaServerless Neptune Neptunedata NeptuneGraph
  NetworkFirewall NetworkFlowMonitor NetworkManager NetworkMonitor Nimble Notifications
  NotificationsContacts NovaAct Oam ObservabilityAdmin Odb Omics OpenSearch OpenSearchServerless
  OpsWorks OpsWorksCm Organizations Osis Outposts Panorama PartnerCentralAccount
  PartnerCentralBenefits PartnerCentralChannel PartnerCentralSelling PaymentCryptography
  PaymentCryptographyData PcaConnectorAd PcaConnectorScep Pcs Personalize PersonalizeEvents
  PersonalizeRuntime Pi Pinpoint PinpointEmail PinpointSmsVoice PinpointSmsVoiceV2 Pipes Polly
  Pricing PrivateNetworks Proton QApps QBusiness QConnect Qldb QldbSession QuickSight Ram Rbin
  Rds RdsData Redshift RedshiftData RedshiftServerless Rekognition Repostspace Resiliencehub
  ResourceExplorer2 ResourceGroups ResourceGroupsTaggingApi RoboMaker RolesAnywhere Route53
  Route53Domains Route53GlobalResolver Route53Profiles Route53RecoveryCluster
  Route53RecoveryControlConfig Route53RecoveryReadiness Route53Resolver RtbFabric Rum S3
  S3Control S3Files S3Outposts S3Tables S3Vectors SageMaker SageMakerA2IRuntime SagemakerEdge
  SageMakerFeatureStoreRuntime SageMakerGeospatial SageMakerMetrics SageMakerRuntime
  Savingsplans Scheduler Schemas SecretsManager SecurityAgent SecurityHub SecurityIr
  SecurityLake ServerlessApplicationRepository ServiceCatalog ServiceCatalogAppRegistry
  ServiceDiscovery ServiceQuotas Ses SesV2 Sfn Shield Signer SignerData Signin SimpleDb
  SimpleDbV2 SimSpaceWeaver Sms Snowball SnowDeviceManagement Sns SocialMessaging Sqs Ssm
  SsmContacts SsmGuiConnect SsmIncidents SsmQuickSetup SsmSap Sso SsoAdmin SsoOidc
  StorageGateway Sts SupplyChain Support SupportApp Sustainability Swf Synthetics TaxSettings
  Textract TimestreamInfluxDb TimestreamQuery TimestreamWrite Tnb Transcribe Transfer Translate
  TrustedAdvisor Uxc VerifiedPermissions VoiceId VpcLattice Waf WafRegional Wafv2
  WellArchitected Wickr Wisdom WorkDocs WorkLink WorkMail WorkMailMessageFlow WorkSpaces
  WorkspacesInstances WorkSpacesThinClient WorkSpacesWeb XRay
`;

const clients: ReadonlyMap<string, string> = new Map(
  CLIENTS.trim()
    .split(/\s+/)
    .map((name) => [name.toLowerCase(), name]),
);

/** Actions that Step Functions refuses: deprecated ones, and those that stream or hand out keys. */
const REFUSED: Readonly<Record<string, string>> = {
  applicationdiscovery: 'describeExportConfigurations exportConfigurations',
  bedrockruntime: 'converseStream invokeModelWithResponseStream',
  cloudwatchlogs: 'getLogObject startLiveTail',
  codedeploy:
    'batchGetDeploymentInstances getDeploymentInstance listDeploymentInstances ' +
    'skipWaitTimeForInstanceTermination',
  comprehendmedical: 'detectEntities',
  directconnect:
    'allocateConnectionOnInterconnect describeConnectionLoa describeConnectionsOnInterconnect ' +
    'describeInterconnectLoa',
  efs: 'createTags',
  elastictranscoder: 'testRole',
  emr: 'describeJobFlows',
  iot: 'attachPrincipalPolicy detachPrincipalPolicy listPolicyPrincipals listPrincipalPolicies',
  iotdeviceadvisor: 'listTestCases',
  kinesis: 'subscribeToShard',
  lambda: 'invokeAsync invokeWithResponseStream',
  lexruntimev2: 'startConversation',
  mediapackage: 'rotateChannelCredentials',
  rdsdata: 'executeSql',
  s3: 'selectObjectContent',
  s3control: 'selectObjectContent',
  shield: 'deleteSubscription',
  sts: 'assumeRole assumeRoleWithSAML assumeRoleWithWebIdentity',
};

/** The client of a service as resources name it; undefined where there is none. */
export function sdkClient(service: string): string | undefined {
  return clients.get(service);
}

/** True where the service is known, and the action not one that is refused. */
export function offersSdkAction(service: string, action: string): boolean {
  if (!clients.has(service) || !/^[a-z]/.test(action)) return false;
  return !(Object.hasOwn(REFUSED, service) && REFUSED[service]!.split(' ').includes(action));
}
