/** The theme's style sheet exists only while building (build/theme-styles.ts). */
declare module 'virtual:theme.css';
