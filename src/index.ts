/** The public names of frenkel, for Node and browsers. What only Node has is in 'frenkel/node'. */
export { averageStructure } from './analysis/average.ts';
export { type BandPath, bandPath } from './analysis/band-path.ts';
export { commonNeighbors, structures } from './analysis/common-neighbors.ts';
export { type Bulk, type DefectEnergy, defectEnergy, measureBulk, relaxedConstant } from './analysis/defect-energy.ts';
export { defectInertia, defectSites } from './analysis/defect-inertia.ts';
export { type DefectState, defectChange, defectState } from './analysis/defect-state.ts';
export { columnMap } from './analysis/differential-displacement.ts';
export { diffusion, meanSquareDisplacement } from './analysis/displacements.ts';
export { drift } from './analysis/drift.ts';
export { elasticConstants, relaxCell } from './analysis/elastic.ts';
export { elasticDipole, relaxationVolume } from './analysis/elastic-dipole.ts';
export { elasticFromEnergies } from './analysis/elastic-energy.ts';
export { classicalThermal, formationEntropy, localEntropies, quantumThermal } from './analysis/entropy.ts';
export { birchMurnaghan, energyVolume } from './analysis/equation-of-state.ts';
export { infiniteCell } from './analysis/finite-size.ts';
export { type ForceConstants, forceConstants } from './analysis/force-constants.ts';
export { bindingEnergy, chemicalPotential, formationEnergy } from './analysis/formation.ts';
export { harmonicRate, vineyardPrefactor, vineyardRate } from './analysis/harmonic-rate.ts';
export { denseHessian, type Hessian, hessian } from './analysis/hessian.ts';
export { hessianEigenvalues, logFrequencies, normalModes, quanta } from './analysis/modes.ts';
export { moduli } from './analysis/moduli.ts';
export { nearestDistance } from './analysis/nearest-distance.ts';
export { crystalThermal, densityOfStates, meshFrequencies } from './analysis/phonon-mesh.ts';
export { frequencies, type Phonons, phonons } from './analysis/phonons.ts';
export { primitiveLattice } from './analysis/primitive.ts';
export { radialDistribution } from './analysis/radial.ts';
export { estimated, sharedSites, stochasticFormation, stochasticVibrations } from './analysis/stochastic-entropy.ts';
export { gammaSurface, surfaceEnergy } from './analysis/surface.ts';
export { pathOf } from './analysis/trajectory.ts';
export { velocityCorrelation, vibrationSpectrum } from './analysis/velocity-correlation.ts';
export { type VibrationOptions, type Vibrations, vibrations } from './analysis/vibrations.ts';
export { type WignerSeitz, type WignerSeitzOptions, wignerSeitz } from './analysis/wigner-seitz.ts';
export { campaignJsonSchema, parseCampaign } from './campaign/config.ts';
export type { CampaignKind, CampaignView, Job, JobCost, Task, TaskContext, Work } from './campaign/job.ts';
export { campaignKinds } from './campaign/kinds.ts';
export { assemble as assembleVacancy } from './campaign/vacancy/assemble.ts';
export { type Atoms, cloneAtoms, createAtoms } from './data/atoms.ts';
export { c15Cluster, c15Of, gaoTriangle } from './data/c15.ts';
export { determinant, inverse } from './data/cell.ts';
export { type DefectShape, placeDefect } from './data/defect-shape.ts';
export { displace, dumbbell, interstitial, interstitialSite, vacancy } from './data/defects.ts';
export type { Descriptor, DescriptorPart } from './data/descriptors/descriptor.ts';
export { type Dipole, dipole } from './data/dislocation-dipole.ts';
export { numberOf, standardMass, symbolOf } from './data/elements.ts';
export { InputError, PhysicsError } from './data/errors.ts';
export { fixMask, holdAtoms } from './data/fix.ts';
export { type LatticeSpec, lattice } from './data/lattice.ts';
export { type LoopSpec, prismaticLoop } from './data/loops.ts';
export { type Match, matchEnds } from './data/match.ts';
export type { CellObjective, Objective } from './data/objective.ts';
export { defectKinds, defectShape } from './data/point-defects.ts';
export type { Potential } from './data/potential.ts';
export { bareDescriptor, descriptorPotential, fastestPotential, labelsOf } from './data/potentials/descriptor.ts';
export { type FinnisSinclairNumbers, finnisSinclairPotential } from './data/potentials/finnis-sinclair.ts';
export { einsteinPotential, hessianPotential } from './data/potentials/harmonic.ts';
export { type LjNumbers, ljPotential } from './data/potentials/lj.ts';
export { overlayPotential } from './data/potentials/overlay.ts';
export { snapPotential } from './data/potentials/snap.ts';
export { zblPotential } from './data/potentials/zbl.ts';
export { pushOne, pushRandomly, towards } from './data/push.ts';
export { screwDipole } from './data/screw-dipole.ts';
export { planeBasis, slab } from './data/slab.ts';
export { cubicVoigt, dislocationField, elasticTensor, rotateTensor } from './data/stroh.ts';
export { repeat, supercell } from './data/supercell.ts';
export {
  barPerPressure,
  boltzmann,
  forceToAcceleration,
  gpaPerPressure,
  kineticToEnergy,
  parseQuantity,
} from './data/units.ts';
export { createDescriber, type Describer } from './engine/describe.ts';
export { descriptorLabels, descriptors } from './engine/descriptors.ts';
export { createEngine, type Engine, type EngineOptions } from './engine/engine.ts';
export { type FastError, fastError, formatFastError } from './engine/fast-error.ts';
export { type Scattering, scattering, scatteringLabels } from './engine/scattering.ts';
export { createSystem, type System, type SystemOptions } from './engine/system.ts';
export { evaluateTogether } from './engine/together.ts';
export { createAccumulator, merge as mergeSystems, type Reduced } from './fit/accumulate.ts';
export { solveArd } from './fit/ard.ts';
export { type Basis, coefficientNames, withCoefficients } from './fit/basis.ts';
export { type CardOptions, measureCard } from './fit/card.ts';
export { checkSamples } from './fit/checks.ts';
export { createDesigner, type Designer, type DesignRows } from './fit/design.ts';
export { createEnvironment, type Environment } from './fit/entropy/describe.ts';
export { type EntropyModel, formatEntropyModel, parseEntropyModel } from './fit/entropy/model.ts';
export type { GroupNoise } from './fit/entropy/noise.ts';
export {
  type EntropyEstimate,
  type EntropyRow,
  type EntropyWeights,
  estimateEntropy,
  type NoiseModel,
  trainEntropy,
} from './fit/entropy/train.ts';
export { type Environments, learnEnvironments } from './fit/environments.ts';
export { type Errors, evaluateSamples, type Metrics } from './fit/evaluate.ts';
export { type Fit, type FitOptions, fitPotential } from './fit/fit.ts';
export type { FitReport } from './fit/report.ts';
export { solveRidge } from './fit/ridge.ts';
export type { Weights } from './fit/rows.ts';
export { type LabelKeys, type Sample, sampleOf } from './fit/samples.ts';
export { type Solution, standardErrors } from './fit/solution.ts';
export { solveLeastSquares, solveTruncated } from './fit/solve.ts';
export { solveSystem } from './fit/solve-system.ts';
export { foldsOf, testSplit } from './fit/split.ts';
export { type Extrapolation, extrapolate, parseUncertainty, type Uncertainty } from './fit/uncertainty.ts';
export { drawReference } from './free-energy/draws.ts';
export { einsteinReference } from './free-energy/einstein.ts';
export { constantVolume, zeroPressure } from './free-energy/equilibrium.ts';
export { methods as freeEnergyMethods } from './free-energy/estimators.ts';
export { concentration, formationFree, formationVolume } from './free-energy/formation.ts';
export { harmonicReference } from './free-energy/harmonic.ts';
export { potentialReference } from './free-energy/potential-reference.ts';
export { type Prepared, type PrepareOptions, prepare as prepareSampling } from './free-energy/prepare.ts';
export { propagate, type Sampled } from './free-energy/propagation.ts';
export { type HarmonicState, harmonicFree } from './free-energy/quasi-harmonic.ts';
export type { ReferenceRecord, SampleRecord } from './free-energy/records.ts';
export type { Reference } from './free-energy/reference.ts';
export {
  errorReached,
  nextReplica,
  type Replica,
  type ReplicaOptions,
  startReplicas,
  stepReplica,
} from './free-energy/replicas.ts';
export type { Check, Estimate } from './free-energy/result.ts';
export {
  restoreSampling,
  type SamplingOptions,
  type SamplingState,
  samplingDefaults,
  saveSampling,
  startSampling,
  stepSampling,
  takeRecords,
} from './free-energy/sampling.ts';
export { nothing as scalingReference, type ScaledFreeEnergy, scaledFreeEnergies } from './free-energy/scaling.ts';
export { type Bar, bar } from './free-energy/statistics/bar.ts';
export { blocking } from './free-energy/statistics/blocking.ts';
export { bootstrap } from './free-energy/statistics/bootstrap.ts';
export { convergence } from './free-energy/statistics/convergence.ts';
export { type Distortion, learnDistortion } from './free-energy/statistics/distortion.ts';
export { equilibration } from './free-energy/statistics/equilibration.ts';
export { seriesMean, statisticalInefficiency } from './free-energy/statistics/inefficiency.ts';
export { type Interval, intervalOf } from './free-energy/statistics/interval.ts';
export { type Mbar, mbar, mbarDifference } from './free-energy/statistics/mbar.ts';
export { jackknife, ratioOfMeans } from './free-energy/statistics/ratio.ts';
export { combineReplicas } from './free-energy/statistics/replicas.ts';
export { type RobustCovariance, robustCovariance } from './free-energy/statistics/robust-covariance.ts';
export { curvedWork, gaussianWork, jarzynski, meanWork } from './free-energy/statistics/work.ts';
export { modelTarget, systemTarget, type Target } from './free-energy/target.ts';
export { centreOfMass, type FreeEnergy, totalFreeEnergy } from './free-energy/total.ts';
export { wallsOf } from './free-energy/walls.ts';
export { formatDescriptor, parseDescriptor } from './io/descriptor.ts';
export { embeddedPotentials, loadEmbedded } from './io/embedded.ts';
export { createExtxyzReader } from './io/extxyz.ts';
export { parseFitsnap } from './io/fitsnap.ts';
export { parseFuncfl } from './io/funcfl.ts';
export { parseInline } from './io/inline.ts';
export { parsePot } from './io/milady.ts';
export { formatPot } from './io/milady-write.ts';
export { formatNative, parseNative } from './io/native.ts';
export { formatNpy } from './io/npy.ts';
export { forceConstantsText, phonopyParams } from './io/phonopy.ts';
export { parseSetfl } from './io/setfl.ts';
export { parseSnap, parseSnapCompanion } from './io/snap.ts';
export { formatSnap, type SnapFiles } from './io/snap-write.ts';
export { detectStructure, formatStructure, parseStructures, structureChunks } from './io/structure.ts';
export { parseThermo } from './io/thermo.ts';
export { type ArtOptions, type ArtSaddle, activate } from './methods/art.ts';
export { type Band, type BandOptions, band, type EvaluateImages, evaluateInTurn } from './methods/band.ts';
export { type Dimer, dimer } from './methods/dimer.ts';
export {
  type DynamicsState,
  dynamicsInit,
  dynamicsInvariant,
  dynamicsStep,
  type Ensemble,
} from './methods/dynamics.ts';
export { fmax } from './methods/fmax.ts';
export { hold } from './methods/hold.ts';
export { type Minimizer, minimize, minimizing } from './methods/minimize.ts';
export { interpolate, straightPath } from './methods/path.ts';
export { energyAt, extrema, type Profile, profileOf } from './methods/profile.ts';
export { strained } from './methods/strain.ts';
export { degreesOfFreedom, kineticEnergy, maxwellBoltzmann, temperatureOf } from './methods/temperature.ts';
export { type MdOptions, observeMd, restoreMd, saveMd, startMd, stepMd } from './tasks/dynamics.ts';
export { massesOf } from './tasks/masses.ts';
export { restoreNeb, saveNeb, startNeb, stepNeb } from './tasks/neb.ts';
export type { NebInput, NebOptions } from './tasks/neb-input.ts';
export { describeNeb, type NebResult } from './tasks/neb-result.ts';
export { type Escape, type EscapeInput, nextMinimum } from './tasks/next-minimum.ts';
export { type RelaxOptions, relaxObjective } from './tasks/relax.ts';
export {
  describeSaddle,
  restoreSaddle,
  type SaddleInput,
  type SaddleOptions,
  type SaddleResult,
  saveSaddle,
  startSaddle,
  stepSaddle,
} from './tasks/saddle.ts';
export type { Check as VerificationCheck } from './verify/grade.ts';
export { type Verification, type VerifyOptions, verifyPotential } from './verify/potential.ts';
export { finely } from './verify/threads.ts';
export { type Validation, validateEngine } from './verify/validate.ts';
export type { Validated } from './verify/validation.ts';
