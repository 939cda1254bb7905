export { catalogueDevice, catalogueUser, DEVICE_MODELS } from './device-catalogue.js';
export { FAULTS, SimulationOptionError, type Fault, type SimulationOptions } from './simulation-options.js';
export { Simulation, type Delivery, type SimulationCounts } from './simulation.js';
